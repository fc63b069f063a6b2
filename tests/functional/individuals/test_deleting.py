"""Deleting individuals."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from houston.core.events import Events
from houston.core.services import Services
from houston.modules.audit_logs.models import AuditLog, AuditType
from houston.modules.individuals.models import Individual, Name
from houston.modules.sightings.events import IndividualsLeft
from houston.modules.sightings.models import Encounter
from tests.clients_of_roles import Client
from tests.factories.individuals import IndividualFactory, NameFactory
from tests.factories.sightings import EncounterFactory
from tests.factories.users import UserFactory
from tests.functional.individuals.conftest import INDIVIDUALS


def test_encounters_remain(db: Session, researcher: Client, encounter: Any) -> None:
    guid = NameFactory(individual=IndividualFactory(encounters=[encounter])).individual_guid
    assert researcher.delete(f"{INDIVIDUALS}/{guid}").status_int == 204
    assert researcher.get(f"{INDIVIDUALS}/{guid}").status_int == 404
    db.expire_all()
    assert db.get_one(Encounter, encounter.guid).individual_guid is None
    assert db.scalars(select(Name)).all() == []


def test_deletion_is_audited_with_names(db: Session, researcher: Client, encounter: Any) -> None:
    name = NameFactory(individual=IndividualFactory(encounters=[encounter]))
    researcher.delete(f"{INDIVIDUALS}/{name.individual_guid}")
    deleted = select(AuditLog).where(AuditLog.item_guid == name.individual_guid)
    found = db.scalars(deleted.where(AuditLog.audit_type == AuditType.DELETE))
    assert {entry.module_name for entry in found} == {"Individual", "Name"}


@pytest.mark.parametrize("role", ["is_admin", "is_staff", "is_internal"])
def test_empty_ones_are_removed(db: Session, client_for: Any, role: str) -> None:
    kept = IndividualFactory(encounters=[EncounterFactory()])
    IndividualFactory.create_batch(2)
    client = client_for(UserFactory(**{role: True}))
    response = client.post(f"{INDIVIDUALS}/remove_all_empty")
    assert (response.status_int, response.json) == (200, None)
    assert db.scalars(select(Individual.guid)).all() == [kept.guid]


def test_individuals_that_are_left_are_deleted(db: Session, services: Services) -> None:
    left, kept = IndividualFactory.create_batch(2)
    services[Events].publish(db, IndividualsLeft([left.guid]))
    db.commit()
    assert db.scalars(select(Individual.guid)).all() == [kept.guid]


def test_last_encounter_takes_the_individual_with_it(
    db: Session, researcher: Client, encounter: Any
) -> None:
    EncounterFactory(owner=researcher.account, sighting=encounter.sighting)
    individual = IndividualFactory(encounters=[encounter])
    address = f"/api/v1/encounters/{encounter.guid}"
    refused = researcher.delete(address)
    assert refused.status_int == 400
    assert refused.json["vulnerableIndividualGuid"] == str(individual.guid)
    allowed = researcher.delete(address, headers={"x-allow-delete-cascade-individual": "True"})
    assert allowed.status_int == 204
    assert allowed.headers["x-deletedIndividual-guids"] == str(individual.guid)
    assert db.scalars(select(Individual)).all() == []
