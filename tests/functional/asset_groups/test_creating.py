"""The creation of asset groups, by users and anonymously."""

from typing import Any

import pytest
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.errors import Unprocessable
from houston.core.security.recaptcha import Recaptcha
from houston.modules.asset_groups.models import AssetGroup
from houston.modules.asset_groups.services import groups
from houston.modules.uploads.models import Upload
from houston.modules.users.models import PUBLIC_EMAIL, User
from tests.clients_of_roles import Client
from tests.factories.site_settings import SiteSettingFactory
from tests.functional.asset_groups.reports import (
    ASSET_GROUPS,
    REGION,
    TAXONOMY,
    encounter,
    form,
    sighting,
    table,
    upload,
)
from tests.mailbox import Mailbox


def test_form_with_photographs(researcher: Client, db: Session) -> None:
    names = ["IMG_1.jpg", "zèbre 🦓.jpg"]
    transaction = upload(*names, "blurred.jpg", owner=researcher.account)
    submitted = sighting(
        assetReferences=names[::-1],
        decimalLatitude=0,
        decimalLongitude="35.5",
        encounters=[encounter(), encounter(sex=None, taxonomy="")],
    )
    response = researcher.post_json(ASSET_GROUPS, form(submitted, transactionId=transaction))
    assert response.status_int == 200, response.json
    group = response.json
    assert group["creator"]["guid"] == str(researcher.account.guid)
    assert group["pipeline_status"]["preparation"]["inProgress"] is True
    assert [asset["filename"] for asset in group["assets"]] == [*names, "blurred.jpg"]
    (shown,) = group["asset_group_sightings"]
    assert shown["stage"] == "preparation"
    assert [asset["filename"] for asset in shown["assets"]] == names[::-1]
    assert shown["numberEncounters"] == 2
    stored = shown["config"]["sighting"]
    assert stored["locationId"] == REGION
    assert (stored["decimalLatitude"], stored["decimalLongitude"]) == (0, 35.5)
    assert [each["taxonomy"] for each in stored["encounters"]] == [TAXONOMY, None]
    assert db.scalars(select(Upload)).all() == []


def test_response_precedes_the_preparation(researcher: Client) -> None:
    transaction = upload("IMG_1.jpg", owner=researcher.account)
    submitted = form(sighting(assetReferences=["IMG_1.jpg"]), transactionId=transaction)
    guid = researcher.post_json(ASSET_GROUPS, submitted).json["guid"]
    group = researcher.get(f"{ASSET_GROUPS}/{guid}").json
    assert group["pipeline_status"]["preparation"]["complete"] is True
    (shown,) = group["asset_group_sightings"]
    assert shown["stage"] == "curation"
    assert shown["progress_detection"]["message"] == "No detection config specified"


def test_files_of_equal_bytes_are_two_assets(researcher: Client) -> None:
    names = ["first.jpg", "second.jpg"]
    transaction = upload(*names, owner=researcher.account)
    submitted = form(sighting(assetReferences=names), transactionId=transaction)
    (shown,) = researcher.post_json(ASSET_GROUPS, submitted).json["asset_group_sightings"]
    assert [asset["filename"] for asset in shown["assets"]] == names


def test_bulk_upload_keeps_its_order(researcher: Client) -> None:
    rows = [sighting(comments=f"Row {number}") for number in range(5)]
    group = researcher.post_json(ASSET_GROUPS, table(*rows)).json
    assert group["upload_type"] == "bulk"
    comments = [each["config"]["sighting"]["comments"] for each in group["asset_group_sightings"]]
    assert comments == [f"Row {number}" for number in range(5)]


class TestAnonymous:
    def report(self, client: Client, **changes: Any) -> Any:
        transaction = upload("IMG_1.jpg")
        submitted = sighting(assetReferences=["IMG_1.jpg"])
        return client.post_json(ASSET_GROUPS, form(submitted, transactionId=transaction, **changes))

    def test_public_user_is_the_owner(self, anonymous: Client, db: Session) -> None:
        for _ in range(2):
            assert self.report(anonymous).status_int == 200
        public = db.scalars(select(User).where(User.email_folded == PUBLIC_EMAIL)).one()
        assert public.full_name == "Public User"
        assert public.is_internal
        groups = db.scalars(select(AssetGroup)).all()
        assert [group.owner_guid for group in groups] == [public.guid] * 2

    def test_submitter_is_found_by_address(
        self, anonymous: Client, db: Session, mailbox: Mailbox
    ) -> None:
        guid = self.report(anonymous, submitterEmail="ada@example.org", token="x").json["guid"]
        assert mailbox.only("ada@example.org").subject == "Confirm your e-mail address"
        ada = db.scalars(select(User).where(User.email == "ada@example.org")).one()
        assert not ada.is_active
        group = db.scalars(select(AssetGroup)).one()
        assert (str(group.guid), group.submitter_guid) == (guid, ada.guid)
        assert "token" not in group.config
        mailbox.empty()
        assert self.report(anonymous, submitterEmail="Ada@example.org").status_int == 200
        assert mailbox.messages() == []

    def test_uploads_remain_after_a_refusal(self, anonymous: Client, db: Session) -> None:
        transaction = upload("IMG_1.jpg")
        submitted = sighting(assetReferences=["IMG_1.jpg"], locationId=None)
        assert (
            anonymous.post_json(ASSET_GROUPS, form(submitted, transactionId=transaction)).status_int
            == 422
        )
        submitted["locationId"] = REGION
        assert (
            anonymous.post_json(ASSET_GROUPS, form(submitted, transactionId=transaction)).status_int
            == 200
        )


def test_recaptcha_refuses(
    researcher: Client, anonymous: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judge(recaptcha: Recaptcha, answer: str, field: str) -> None:
        if (recaptcha.secret, answer) != ("hush hush", "a person"):
            raise Unprocessable(messages={field: ["You are a robot."]})

    monkeypatch.setattr(groups, "check_recaptcha", judge)
    assert researcher.post_json(ASSET_GROUPS, form(token="a robot")).status_int == 200
    SiteSettingFactory(key="recaptchaSecretKey", value="hush hush")
    for token in ("a robot", None, 5):
        response = researcher.post_json(ASSET_GROUPS, form(token=token))
        assert response.status_int == 422
        assert list(response.json["messages"]) == ["token"]
    assert researcher.post_json(ASSET_GROUPS, form(token="a person")).status_int == 200


@pytest.mark.parametrize("path", ["tus/collect/{guid}", "{guid}/clone"])
def test_addresses_of_the_remote_git_do_not_exist(researcher: Client, path: str) -> None:
    guid = researcher.post_json(ASSET_GROUPS, form()).json["guid"]
    assert researcher.get(f"{ASSET_GROUPS}/{path.format(guid=guid)}").status_int == 404
