"""Visitors report with an address: they get an account later, and learn nothing of others."""

from typing import Any

import pytest
from pyramid.router import Router
from sqlalchemy import select

from houston.core.db.session import Session
from houston.modules.asset_groups.models import AssetGroup
from houston.modules.users.models import User
from tests.clients_of_roles import Client
from tests.factories.users import UserFactory
from tests.functional.asset_groups.reports import ASSET_GROUPS, encounter, form, sighting, upload
from tests.mailbox import Mailbox
from tests.parts import setting


def report(client: Client, **changes: Any) -> Any:
    transaction = upload("IMG_1.jpg")
    submitted = sighting(assetReferences=["IMG_1.jpg"])
    return client.post_json(ASSET_GROUPS, form(submitted, transactionId=transaction, **changes))


@pytest.mark.parametrize(
    "flags", [{}, {"is_active": False}, {"is_internal": True}, {"is_email_confirmed": False}]
)
def test_answer_does_not_tell_who_has_an_account(
    anonymous: Client, user: Client, db: Session, mailbox: Mailbox, flags: dict[str, bool]
) -> None:
    def shapes(email: str) -> list[Any]:
        reported = report(anonymous, submitterEmail=email)
        (guid,) = [each["guid"] for each in reported.json["asset_group_sightings"]]
        pending = user.get(f"{ASSET_GROUPS}/sighting/as_sighting/{guid}")
        submitters = [each["submitter"] for each in pending.json["encounters"]]
        return [reported.status_int, sorted(reported.json), pending.status_int, submitters]

    account = UserFactory(**flags)
    known, unknown = shapes(account.email), shapes("stranger@example.org")
    assert known == unknown
    assert known[0] == 200
    groups = db.scalars(select(AssetGroup)).all()
    assert account.guid not in {group.submitter_guid for group in groups}
    assert {each.to for each in mailbox.messages()} == {"stranger@example.org"}


@pytest.mark.parametrize("email", ["nobody@example.org", None])
def test_refused_owners_are_not_looked_up(
    anonymous: Client, user: Client, db: Session, email: str | None
) -> None:
    email = email or UserFactory().email
    for client in (anonymous, user):
        body = form(sighting(encounters=[encounter(ownerEmail=email)]))
        refused = client.post_json(ASSET_GROUPS, body)
        texts = refused.json["messages"]["sightings.0.encounters.0.ownerEmail"]
        assert [text.partition("not permitted")[1] for text in texts] == ["not permitted"]


def test_account_of_a_visitor_is_taken_over_by_sign_up(
    anonymous: Client, db: Session, mailbox: Mailbox
) -> None:
    report(anonymous, submitterEmail="ada@example.org")
    visitor = db.scalars(select(User).where(User.email == "ada@example.org")).one()
    mailbox.empty()
    ada = {"email": "Ada@example.org", "password": "analytical engine", "full_name": "Ada"}
    created = anonymous.post_json("/api/v1/users", ada)
    assert created.status_int == 200
    assert created.json["guid"] == str(visitor.guid)
    assert (created.json["is_active"], created.json["is_email_confirmed"]) == (True, False)
    assert mailbox.only("Ada@example.org").subject == "Confirm your e-mail address"
    session = {"email": ada["email"], "password": ada["password"]}
    assert anonymous.post_json("/api/v1/auth/sessions", session).status_int == 200
    assert anonymous.post_json("/api/v1/users", ada).status_int == 409


def test_account_of_a_visitor_is_taken_over_by_managers_and_invitations(
    app: Router, anonymous: Client, user_manager: Client, mailbox: Mailbox
) -> None:
    for email in ("ada@example.org", "grace@example.org", "joan@example.org"):
        report(anonymous, submitterEmail=email)
    new = {"email": "ada@example.org", "password": "analytical engine", "roles": ["in_beta"]}
    created = user_manager.post_json("/api/v1/users", new).json
    assert (created["is_email_confirmed"], created["in_beta"]) == (True, True)
    mailbox.empty()
    user_manager.post_json("/api/v1/users/invitations", {"email": "grace@example.org"})
    code = mailbox.only("grace@example.org").code
    invited = {"email": "grace@example.org", "password": "a new engine", "invitation": code}
    with setting(app, "houston.users.sign_up", "invitation"):
        assert anonymous.post_json("/api/v1/users", invited).json["is_email_confirmed"]
    first = {"email": "joan@example.org", "password": "a new engine"}
    created = anonymous.post_json("/api/v1/users/admin_user_initialized", first)
    assert created.json == {"initialized": True}


def test_deactivated_user_can_report_and_come_back(
    anonymous: Client, user: Client, user_manager: Client, db: Session
) -> None:
    email = user.account.email
    user.delete(f"/api/v1/users/{user.account.guid}")
    assert report(anonymous, submitterEmail=email).status_int == 200
    new = {"email": email, "password": "analytical engine"}
    assert user_manager.post_json("/api/v1/users", new).status_int == 200
