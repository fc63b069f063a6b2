"""The commit assigns encounters to the individuals that their drafts name."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from houston.modules.asset_groups.models import AssetGroupSighting, Stage
from tests.clients_of_roles import Client
from tests.factories.asset_groups import AssetGroupSightingFactory
from tests.factories.asset_groups import EncounterFactory as DraftFactory
from tests.factories.individuals import IndividualFactory, NameFactory
from tests.functional.asset_groups.reports import ASSET_GROUPS, REGION, encounter, form, sighting


@pytest.fixture
def pending(researcher: Client) -> AssetGroupSighting:
    """Return a sighting in curation that can be committed."""
    values = {"time": "2023-05-04T06:30:00+03:00", "timeSpecificity": "time", "locationId": REGION}
    row: AssetGroupSighting = AssetGroupSightingFactory(
        asset_group__owner=researcher.account, sighting=values
    )
    return row


def commit(client: Client, pending: AssetGroupSighting, *drafts: dict[str, Any]) -> Any:
    for position, draft in enumerate(drafts):
        DraftFactory(asset_group_sighting=pending, encounter=draft, position=position)
    return client.post(f"{ASSET_GROUPS}/sighting/{pending.guid}/commit")


def individuals(response: Any) -> list[str | None]:
    assert response.status_int == 200, response.json
    return [
        each["individual"] and each["individual"]["guid"] for each in response.json["encounters"]
    ]


def test_individuals_by_guid_and_by_first_name(researcher: Client, pending: Any) -> None:
    known, zoe = IndividualFactory(), NameFactory()
    NameFactory(value="Nick", context="Nickname")
    response = commit(
        researcher,
        pending,
        {"individualUuid": str(known.guid), "firstName": "Zoe"},
        {"firstName": "Zoe "},
        {"FirstName": "Zoe"},
        {"firstName": "zoe"},
        {"firstName": "Nick"},
        {"firstName": None},
        {},
    )
    zoes = str(zoe.individual_guid)
    assert individuals(response) == [str(known.guid), zoes, zoes, None, None, None, None]
    assert response.json["encounters"][1]["individual"]["names"][0]["value"] == "Zoe"


def test_ambiguous_first_name(db: Session, researcher: Client, pending: Any) -> None:
    twins = [NameFactory(value="Twin") for _ in range(2)]
    response = commit(researcher, pending, {}, {"firstName": "Twin"})
    assert response.status_int == 409
    draft = pending.encounters[1]
    assert f"Encounter {draft.guid}" in response.json["message"]
    assert str(twins[0].individual_guid) in response.json["message"]
    assert "encounters.1.firstName" in response.json["messages"]
    db.refresh(pending)
    assert pending.stage is Stage.CURATION


def test_individual_that_does_not_exist(researcher: Client, pending: Any) -> None:
    guid = str(uuid4())
    response = commit(researcher, pending, {"individualUuid": guid})
    assert response.status_int == 422
    assert f"individual {guid} not found" in response.json["message"]
    body = form(sighting(encounters=[encounter(individualUuid=guid)]))
    assert researcher.post_json(f"{ASSET_GROUPS}/", body).status_int == 422


def test_report_names_an_existing_individual(researcher: Client) -> None:
    guid = str(IndividualFactory().guid)
    body = form(sighting(encounters=[encounter(individualUuid=guid)]))
    response = researcher.post_json(f"{ASSET_GROUPS}/", body)
    assert response.status_int == 200, response.json
