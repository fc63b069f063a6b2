"""The deletion of sightings, and of what would be left without encounters."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from houston.modules.annotations.models import Annotation
from houston.modules.assets.models import Asset
from houston.modules.audit_logs.models import AuditLog, AuditType
from houston.modules.jobs.models import Progress
from houston.modules.sightings.models import Encounter, Sighting
from tests.clients_of_roles import Client
from tests.factories.annotations import AnnotationFactory
from tests.factories.asset_groups import AssetGroupFactory, AssetGroupSightingFactory
from tests.factories.asset_groups import EncounterFactory as DraftFactory
from tests.factories.assets import AssetFactory
from tests.factories.individuals import IndividualFactory
from tests.factories.sightings import EncounterFactory, SightingFactory
from tests.functional.asset_groups.reports import ASSET_GROUPS

SIGHTINGS = "/api/v1/sightings"
ALLOWED = {"x-allow-delete-cascade-individual": "True"}
REFUSAL = "Delete failed because it would cause a delete cascade"


@pytest.fixture
def row(researcher: Client) -> Any:
    """Return a sighting with two encounters of the researcher."""
    row = SightingFactory()
    EncounterFactory.create_batch(2, sighting=row, owner=researcher.account)
    return row


def count(db: Session, model: Any) -> int:
    return db.scalar(select(func.count()).select_from(model)) or 0


def delete(client: Client, row: Any, **headers: str) -> Any:
    return client.delete(f"{SIGHTINGS}/{row.guid}", headers=headers)


def identify(db: Session, *encounters: Any) -> Any:
    """Return a new individual of some encounters."""
    individual = IndividualFactory()
    for encounter in encounters:
        encounter.individual_guid = individual.guid
    db.commit()
    return individual


def test_encounters_are_deleted_with_it(db: Session, researcher: Client, row: Any) -> None:
    response = delete(researcher, row)
    assert response.status_int == 204
    assert response.body == b""
    assert response.headers["x-deletedSighting-guid"] == str(row.guid)
    assert response.headers["x-deletedIndividual-guids"] == ""
    assert (count(db, Sighting), count(db, Encounter)) == (0, 0)
    assert researcher.get(f"{SIGHTINGS}/{row.guid}").status_int == 404


def test_assets_and_annotations_remain(db: Session, researcher: Client) -> None:
    asset = AssetFactory()
    row = SightingFactory(assets=[asset], featured_asset_guid=asset.guid)
    encounter = EncounterFactory(sighting=row, owner=researcher.account)
    annotation = AnnotationFactory(asset=asset, encounter_guid=encounter.guid)
    assert delete(researcher, row).status_int == 204
    db.expire_all()
    assert db.get(Asset, asset.guid) is not None
    assert db.get_one(Annotation, annotation.guid).encounter_guid is None


def test_asset_group_sighting_has_no_sighting(db: Session, researcher: Client) -> None:
    origin = AssetGroupSightingFactory(asset_group__owner=researcher.account)
    DraftFactory(asset_group_sighting=origin)
    committed = researcher.post(f"{ASSET_GROUPS}/sighting/{origin.guid}/commit").json
    before = count(db, Progress)
    assert researcher.delete(f"{SIGHTINGS}/{committed['guid']}").status_int == 204
    pending = researcher.get(f"{ASSET_GROUPS}/sighting/as_sighting/{origin.guid}").json
    assert (pending["sightingGuid"], pending["stage"]) == (None, "processed")
    assert count(db, Progress) == before - 1


def test_asset_group_takes_its_sightings_along(
    db: Session, researcher: Client, left: list[Any]
) -> None:
    group = AssetGroupFactory(owner=researcher.account)
    asset = AssetFactory(asset_group=group)
    origin = AssetGroupSightingFactory(asset_group=group, assets=[asset])
    DraftFactory(asset_group_sighting=origin)
    researcher.post(f"{ASSET_GROUPS}/sighting/{origin.guid}/commit")
    individual = identify(db, db.scalars(select(Encounter)).one())
    identify(db, EncounterFactory())
    assert researcher.delete(f"{ASSET_GROUPS}/{group.guid}").status_int == 204
    assert [count(db, each) for each in (Sighting, Encounter, Asset)] == [1, 1, 0]
    assert left == [individual.guid]


def test_pending_sighting_takes_its_sighting_along(db: Session, researcher: Client) -> None:
    origins = AssetGroupSightingFactory.create_batch(
        2, asset_group=AssetGroupFactory(owner=researcher.account)
    )
    for origin in origins:
        DraftFactory(asset_group_sighting=origin)
        researcher.post(f"{ASSET_GROUPS}/sighting/{origin.guid}/commit")
    address = f"{ASSET_GROUPS}/sighting/as_sighting/{origins[0].guid}"
    assert researcher.delete(address).status_int == 204
    (sighting,) = db.scalars(select(Sighting))
    assert sighting.asset_group_sighting_guid == origins[1].guid


def test_audit_log_has_each_row(db: Session, researcher: Client, row: Any) -> None:
    guids = {row.guid, *db.scalars(select(Encounter.guid))}
    delete(researcher, row)
    deleted = select(AuditLog.item_guid).where(AuditLog.audit_type == AuditType.DELETE)
    assert set(db.scalars(deleted)) == guids


@pytest.mark.parametrize("header", ["", "False", "yes"])
def test_individual_is_protected(db: Session, researcher: Client, row: Any, header: str) -> None:
    individual = identify(db, row.encounters[0])
    response = delete(researcher, row, **{"X-Allow-Delete-Cascade-Individual": header})
    assert response.status_int == 400
    assert response.json == {
        "status": 400,
        "message": REFUSAL,
        "vulnerableIndividualGuid": str(individual.guid),
        "vulnerableSightingGuid": None,
        "request_id": response.json["request_id"],
    }
    assert (count(db, Sighting), count(db, Encounter)) == (1, 2)


def test_individual_with_all_encounters_here(
    db: Session, researcher: Client, row: Any, left: list[Any]
) -> None:
    individual = identify(db, *row.encounters)
    assert delete(researcher, row).json["vulnerableIndividualGuid"] == str(individual.guid)
    response = delete(researcher, row, **ALLOWED)
    assert response.status_int == 204
    assert response.headers["x-deletedIndividual-guids"] == str(individual.guid)
    assert left == [individual.guid]


def test_all_individuals_are_told(db: Session, researcher: Client, row: Any) -> None:
    individuals = [identify(db, encounter) for encounter in row.encounters]
    response = delete(researcher, row, **ALLOWED)
    told = response.headers["x-deletedIndividual-guids"].split(", ")
    assert told == sorted(str(individual.guid) for individual in individuals)


def test_pages_of_other_sites_read_what_was_deleted(researcher: Client, row: Any) -> None:
    response = delete(researcher, row, Origin="https://client.example.org")
    exposed = response.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"x-deletedSighting-guid", "x-deletedIndividual-guids"} <= set(exposed)


def test_individual_with_another_encounter(db: Session, researcher: Client, row: Any) -> None:
    identify(db, row.encounters[0], EncounterFactory())
    assert delete(researcher, row).status_int == 204


def test_number_of_statements_does_not_grow(
    db: Session, researcher: Client, statements: list[str]
) -> None:
    def number(encounters: int) -> int:
        row = SightingFactory()
        for encounter in EncounterFactory.create_batch(
            encounters, sighting=row, owner=researcher.account
        ):
            identify(db, encounter)
        statements.clear()
        assert delete(researcher, row, **ALLOWED).status_int == 204
        return len(statements)

    assert number(1) == number(5)


def test_statements_for_an_asset_group_do_not_grow(
    db: Session, researcher: Client, statements: list[str]
) -> None:
    def number(sightings: int) -> int:
        group = AssetGroupFactory(owner=researcher.account)
        for origin in AssetGroupSightingFactory.create_batch(sightings, asset_group=group):
            sighting = SightingFactory(asset_group_sighting=origin)
            EncounterFactory.create_batch(2, sighting=sighting, owner=researcher.account)
        statements.clear()
        assert researcher.delete(f"{ASSET_GROUPS}/{group.guid}").status_int == 204
        return len(statements)

    assert number(1) == number(4)
