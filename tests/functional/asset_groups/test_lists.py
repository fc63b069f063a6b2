"""Lists of asset groups and of asset group sightings."""

from typing import Any

import pytest

from houston.modules.asset_groups.models import Stage
from tests.clients_of_roles import Client
from tests.factories.annotations import AnnotationFactory
from tests.factories.asset_groups import (
    TIME,
    AssetGroupFactory,
    AssetGroupSightingFactory,
    EncounterFactory,
    PublicUserFactory,
)
from tests.factories.assets import AssetFactory
from tests.factories.users import UserFactory
from tests.functional.asset_groups.reports import ASSET_GROUPS, REGION

SIGHTINGS = f"{ASSET_GROUPS}/sighting"


def guids(response: Any) -> list[str]:
    assert response.status_int == 200, response.json
    return [row["guid"] for row in response.json]


def test_own_unprocessed_sightings_the_newest_first(user: Client, statements: list[str]) -> None:
    group = AssetGroupFactory(owner=user.account)
    asset = AssetFactory(asset_group=group)
    AnnotationFactory.create_batch(2, asset=asset)
    values = {**TIME, "locationId": REGION, "decimalLatitude": 0, "verbatimLocality": "Bank"}
    first = AssetGroupSightingFactory(asset_group=group, assets=[asset], sighting=values)
    EncounterFactory.create_batch(3, asset_group_sighting=first)
    second = AssetGroupSightingFactory(asset_group=group)
    AssetGroupSightingFactory(asset_group=group, stage=Stage.PROCESSED)
    AssetGroupSightingFactory()
    address = f"/api/v1/users/{user.account.guid}/asset_group_sightings"
    statements.clear()
    response = user.get(address)
    assert len(statements) == 4, "the caller, the user, the number and the page"
    assert guids(response) == [str(second.guid), str(first.guid)]
    assert response.headers["X-Total-Count"] == "2"
    shown = response.json[1]
    assert shown["numberAnnotations"] == 2
    assert shown["numberEncounters"] == 3
    assert shown["locationId"] == REGION
    assert (shown["time"], shown["timeSpecificity"]) == (TIME["time"], "time")
    assert (shown["decimalLatitude"], shown["verbatimLocality"]) == (0, "Bank")
    page = user.get(f"{address}?limit=1&offset=1&sort=created&reverse=true")
    assert guids(page) == [str(first.guid)]


def test_public_sightings(researcher: Client, user: Client) -> None:
    public = AssetGroupFactory(owner=PublicUserFactory())
    pending = AssetGroupSightingFactory(asset_group=public)
    AssetGroupSightingFactory(asset_group=public, stage=Stage.PROCESSED)
    AssetGroupSightingFactory()
    response = researcher.get(f"{SIGHTINGS}/pending/public")
    assert guids(response) == [str(pending.guid)]
    assert response.headers["X-Total-Count"] == "1"
    assert user.get(f"{SIGHTINGS}/pending/public").status_int == 403


def test_sightings_of_contributors(researcher: Client) -> None:
    contributors = [
        UserFactory(is_contributor=True),
        UserFactory(is_contributor=True, is_researcher=True),
        UserFactory(),
    ]
    rows = [AssetGroupSightingFactory(asset_group__owner=each) for each in contributors]
    response = researcher.get(f"{SIGHTINGS}/pending/contributor?limit=1")
    assert guids(response) == [str(rows[0].guid)]
    assert response.headers["X-Total-Count"] == "1"


@pytest.mark.parametrize("path", ["", "/sighting"])
def test_administrators_list_all(
    admin: Client, user: Client, statements: list[str], path: str
) -> None:
    AssetGroupSightingFactory.create_batch(3)
    statements.clear()
    response = admin.get(f"{ASSET_GROUPS}{path}")
    assert len(statements) == 3
    assert len(guids(response)) == 3
    assert user.get(f"{ASSET_GROUPS}{path}").status_int == 403


def test_asset_groups_are_searched(admin: Client) -> None:
    spring = AssetGroupFactory(description="Spring in the Mara")
    AssetGroupFactory(description="Autumn")
    query = {"match": {"description": "spring"}}
    assert guids(admin.post_json(f"{ASSET_GROUPS}/search", query)) == [str(spring.guid)]
    assert len(guids(admin.get(f"{ASSET_GROUPS}/search"))) == 2
    assert guids(admin.get(f"{ASSET_GROUPS}?search=mara")) == [str(spring.guid)]


def test_sightings_are_searched(admin: Client) -> None:
    here = AssetGroupSightingFactory(sighting={"locationId": REGION})
    AssetGroupSightingFactory(stage=Stage.DETECTION)
    for query in ({"term": {"locationId": REGION}}, {"term": {"stage": "curation"}}):
        assert guids(admin.post_json(f"{SIGHTINGS}/search", query)) == [str(here.guid)]
    assert len(guids(admin.get(f"{SIGHTINGS}/search"))) == 2


def test_own_account_shows_unprocessed_sightings(user: Client, statements: list[str]) -> None:
    form = AssetGroupSightingFactory(asset_group__owner=user.account).asset_group
    table = AssetGroupFactory(owner=user.account, upload_type="bulk")
    AssetGroupFactory(owner=user.account, is_processed=True)
    AssetGroupFactory()
    statements.clear()
    groups = user.get("/api/v1/users/me").json["unprocessed_asset_groups"]
    assert len(statements) == 3
    assert {(each["uuid"], each["uploadType"]) for each in groups} == {
        (str(form.guid), "form"),
        (str(table.guid), "bulk"),
    }


def test_number_of_statements_of_the_polled_page(researcher: Client, statements: list[str]) -> None:
    group = AssetGroupFactory(owner=researcher.account)
    assets = AssetFactory.create_batch(5, asset_group=group)
    for asset in assets:
        AnnotationFactory.create_batch(2, asset=asset)
    row = AssetGroupSightingFactory(asset_group=group, assets=assets)
    for owner in UserFactory.create_batch(3):
        EncounterFactory(asset_group_sighting=row, owner_guid=owner.guid)
    address = f"{SIGHTINGS}/as_sighting/{row.guid}"
    statements.clear()
    response = researcher.get(address)
    assert len(statements) == 7
    assert len(response.json["assets"]) == 5
    assert {each["owner"]["guid"] for each in response.json["encounters"]} != {
        str(researcher.account.guid)
    }


def test_developers_read_internal_details(client_for: Any) -> None:
    staff = client_for(UserFactory(is_staff=True))
    row = AssetGroupSightingFactory(asset_group__config={"speciesDetectionModel": ["None"]})
    group = staff.get(f"{ASSET_GROUPS}/debug/{row.asset_group_guid}")
    assert group.json["config"] == {"speciesDetectionModel": ["None"]}
    assert group.json["asset_group_sightings"][0]["detection_attempts"] == 0
    assert staff.get(f"{SIGHTINGS}/debug/{row.guid}").json["updated_assets"] == []
    assert staff.get(f"{SIGHTINGS}/jobs/{row.guid}").json == []
