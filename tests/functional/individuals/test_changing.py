"""Changing individuals: their values and their encounters."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from houston.modules.audit_logs.models import AuditLog, AuditType
from houston.modules.individuals.models import Individual
from houston.modules.site_settings.models import SiteSetting
from tests.clients_of_roles import Client
from tests.factories.annotations import AnnotationFactory
from tests.factories.asset_groups import PublicUserFactory
from tests.factories.individuals import IndividualFactory
from tests.factories.sightings import EncounterFactory
from tests.factories.users import UserFactory
from tests.functional.asset_groups.reports import NOWHERE, TAXONOMY
from tests.functional.individuals.conftest import GREVYS, INDIVIDUALS, patch
from tests.functional.individuals.test_creating import FIELD, field

__all__ = ["field"]


@pytest.fixture
def individual(encounter: Any) -> Individual:
    """Return an individual of the researcher."""
    row: Individual = IndividualFactory(encounters=[encounter])
    return row


def guids(document: Any) -> set[UUID]:
    return {UUID(each["guid"]) for each in document["encounters"]}


def test_values(researcher: Client, individual: Individual, field: None) -> None:
    response = patch(
        researcher,
        individual.guid,
        ("replace", "/sex", "male"),
        ("add", "/taxonomy", "Equus grevyi"),
        ("replace", "/timeOfBirth", "2020-01-01T03:00:00+03:00"),
        ("replace", "/timeOfDeath", ""),
        ("replace", "/comments", "Limps."),
        ("replace", "/customFields", {FIELD: 44}),
    )
    assert response.status_int == 200, response.json
    shown = response.json
    assert (shown["sex"], shown["taxonomy"]) == ("male", GREVYS)
    assert shown["timeOfBirth"] == "2020-01-01T00:00:00+00:00"
    assert (shown["timeOfDeath"], shown["comments"]) == (None, "Limps.")
    assert shown["customFields"] == {FIELD: 44}
    assert patch(researcher, individual.guid, ("replace", "/customFields", {})).json[
        "customFields"
    ] == {FIELD: 44}
    cleared = patch(
        researcher,
        individual.guid,
        ("remove", "/sex"),
        ("remove", "/comments"),
        ("remove", "/timeOfBirth"),
        ("remove", "/customFields", FIELD),
    ).json
    assert [cleared[name] for name in ("sex", "comments", "timeOfBirth")] == [None] * 3
    assert cleared["customFields"] == {}
    again = patch(researcher, individual.guid, ("remove", "/customFields", FIELD))
    assert again.json["customFields"] == {}


@pytest.mark.parametrize(
    ("operation", "status", "message"),
    [
        (("replace", "/sex", "both"), 422, "Must be one of"),
        (("remove", "/taxonomy"), 422, "Field may not be null."),
        (("replace", "/taxonomy", "Panthera leo"), 422, "is not a species of this site."),
        (("replace", "/timeOfBirth", "2020-01-01"), 422, "Not a valid datetime"),
        (("replace", "/customFields", {"?": 1}), 422, "invalid customField definition id ?"),
        (("replace", "/customFields", {FIELD: "x"}), 422, 'Value "x" is not valid for Stripes'),
        (("remove", "/customFields", "?"), 422, "invalid customField definition id ?"),
        (("replace", "/featuredAssetGuid", NOWHERE), 409, "shows no encounter"),
        (("replace", "/owner", NOWHERE), 422, "Not a path that can be patched."),
        (("add", "/encounters", "x"), 422, "Not a valid UUID."),
        (("add", "/encounters", NOWHERE), 409, "There is no encounter"),
        (("remove", "/encounters", NOWHERE), 409, "There is no encounter"),
        (("remove", "/encounters"), 422, "Missing data"),
    ],
)
def test_nothing_is_written_with_a_fault(
    researcher: Client,
    individual: Individual,
    field: None,
    operation: Any,
    status: int,
    message: str,
) -> None:
    response = patch(researcher, individual.guid, ("replace", "/comments", "Limps."), operation)
    assert response.status_int == status, response.json
    assert message in response.json["message"]
    shown = researcher.get(f"{INDIVIDUALS}/{individual.guid}").json
    assert (shown["comments"], shown["taxonomy"]) == (None, TAXONOMY)


def test_featured_asset(researcher: Client, individual: Individual, encounter: Any) -> None:
    AnnotationFactory(encounter_guid=encounter.guid)
    annotation = AnnotationFactory(encounter_guid=encounter.guid)
    chosen = annotation.asset_guid
    AnnotationFactory(asset=annotation.asset)
    AnnotationFactory(asset__guid=uuid4())
    for operation in (("replace", "/featuredAssetGuid", str(chosen)), ("replace", "/sex", None)):
        shown = patch(researcher, individual.guid, operation).json
        assert shown["featuredAssetGuid"] == str(chosen)
    cleared = patch(researcher, individual.guid, ("remove", "/featuredAssetGuid")).json
    assert cleared["featuredAssetGuid"] not in (None, str(chosen))


def test_encounters_are_assigned(researcher: Client, individual: Individual) -> None:
    own = EncounterFactory.create_batch(3, owner=researcher.account)
    public = EncounterFactory(owner=PublicUserFactory())
    response = patch(
        researcher,
        individual.guid,
        ("add", "/encounters", str(own[0].guid)),
        ("replace", "/encounters", [str(own[1].guid), str(own[2].guid)]),
        ("add", "/encounters", str(public.guid)),
    )
    assert response.status_int == 200, response.json
    assert len(guids(response.json)) == 5
    again = patch(researcher, individual.guid, ("add", "/encounters", str(own[0].guid)))
    assert again.status_int == 409
    assert "already" in again.json["message"]


def test_changes_are_audited(db: Session, researcher: Client, individual: Individual) -> None:
    own = EncounterFactory(owner=researcher.account)
    operations = ("replace", "/sex", "male"), ("add", "/encounters", str(own.guid))
    patch(researcher, individual.guid, *operations)
    entries = db.scalars(select(AuditLog).where(AuditLog.item_guid == individual.guid)).all()
    updates = [entry for entry in entries if entry.audit_type is AuditType.UPDATE]
    assert {entry.user_email for entry in updates} == {researcher.account.email}
    assert any(f"assigned the encounters {own.guid}" in entry.message for entry in updates)
    assert any(entry.changes.get("sex") for entry in updates)


def test_encounters_are_removed(researcher: Client, individual: Individual) -> None:
    (first,), other = individual.encounters, EncounterFactory(owner=researcher.account)
    other.individual_guid = individual.guid
    alone = EncounterFactory(owner=researcher.account)
    foreign = patch(researcher, individual.guid, ("remove", "/encounters", str(alone.guid)))
    assert foreign.status_int == 409
    shown = patch(researcher, individual.guid, ("remove", "/encounters", str(first.guid))).json
    assert guids(shown) == {other.guid}
    last = patch(researcher, individual.guid, ("remove", "/encounters", str(other.guid)))
    assert last.status_int == 409
    assert "at least one encounter" in last.json["message"]
    exchanged = patch(
        researcher,
        individual.guid,
        ("remove", "/encounters", str(other.guid)),
        ("add", "/encounters", str(first.guid)),
    )
    assert guids(exchanged.json) == {first.guid}


def test_encounters_are_moved(db: Session, researcher: Client, individual: Individual) -> None:
    one, other = EncounterFactory.create_batch(2, owner=researcher.account)
    former = IndividualFactory(encounters=[one, other])
    moved = patch(researcher, individual.guid, ("add", "/encounters", str(one.guid)))
    assert one.guid in guids(moved.json)
    assert guids(researcher.get(f"{INDIVIDUALS}/{former.guid}").json) == {other.guid}
    last = patch(researcher, individual.guid, ("add", "/encounters", str(other.guid)))
    assert last.status_int == 409
    assert str(former.guid) in last.json["message"]


def test_encounters_of_somebody_else_are_not_taken(
    db: Session, researcher: Client, client_for: Any, individual: Individual
) -> None:
    free, taken = EncounterFactory.create_batch(2)
    IndividualFactory(encounters=[taken, EncounterFactory()])
    for encounter in (free, taken):
        response = patch(researcher, individual.guid, ("add", "/encounters", str(encounter.guid)))
        assert response.status_int == 403
    admin = client_for(UserFactory(is_admin=True))
    assert patch(admin, individual.guid, ("add", "/encounters", str(taken.guid))).status_int == 200


def test_encounters_that_it_has_need_no_permission(
    researcher: Client, individual: Individual
) -> None:
    theirs = EncounterFactory(individual_guid=individual.guid)
    new = EncounterFactory(owner=researcher.account)
    both = ("add", "/encounters", [str(theirs.guid), str(new.guid)])
    assert patch(researcher, individual.guid, both).status_int == 200


def test_merge_patch(researcher: Client, individual: Individual) -> None:
    response = researcher.patch_json(
        f"{INDIVIDUALS}/{individual.guid}",
        {"sex": "unknown", "comments": None},
        headers={"Content-Type": "application/merge-patch+json"},
    )
    assert response.json["sex"] == "unknown"


@pytest.mark.parametrize("value", [44, None])
def test_field_in_use_stays_unless_its_values_go(
    db: Session, client_for: Any, individual: Individual, field: None, value: int | None
) -> None:
    individual.custom_fields = {FIELD: value}
    categories = [{"id": "c", "label": "C", "type": "individual"}]
    db.add(SiteSetting(key="site.custom.customFieldCategories", value=categories))
    db.commit()
    admin = client_for(UserFactory(is_admin=True))
    path = f"site.custom.customFields.Individual/{FIELD}"
    removal = {"op": "remove", "path": path}
    response = admin.patch_json("/api/v1/site-settings/data", [removal])
    assert (response.status_int, response.json["numValues"]) == (409, 1)
    forced = admin.patch_json("/api/v1/site-settings/data", [{**removal, "force": True}])
    assert forced.status_int == 200
    db.refresh(individual)
    assert individual.custom_fields == {}


def test_species_in_use_stays(client_for: Any, individual: Individual) -> None:
    admin = client_for(UserFactory(is_admin=True))
    response = admin.post_json("/api/v1/site-settings/data/site.species", {"value": []})
    assert response.status_int == 409
    assert TAXONOMY in response.json["message"]
