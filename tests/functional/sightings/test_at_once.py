"""Concurrent changes of sightings: no change is lost, and nothing is left without encounters."""

from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest
from pyramid.router import Router
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from houston.core.api.patch import Change
from houston.core.errors import NotFound
from houston.core.services import Services
from houston.domain import times
from houston.domain.observations import Sex
from houston.modules.audit_logs.models import AuditLog
from houston.modules.individuals.models import Individual
from houston.modules.sightings.models import Encounter, Sighting, SightingStage
from houston.modules.sightings.services.cascades import (
    CascadeRefused,
    Confirmed,
    delete_encounter,
    delete_sighting,
)
from houston.modules.sightings.services.encounters import update_encounter
from houston.modules.sightings.services.sightings import update_sighting
from houston.modules.users.models import User
from tests.factories.asset_groups import TIME
from tests.functional.at_once import Action, Sessions, at_once, committing

COMMITTED_MODELS = (Encounter, Sighting, Individual, User, AuditLog)


@pytest.fixture(autouse=True)
def _with_site() -> None:
    """Override the fixture, because rows of these tests are committed."""


@pytest.fixture
def factory(app: Router, database_url: str) -> Iterator[Sessions]:
    """Yield a factory of sessions that commit, and delete their rows afterwards."""
    with committing(database_url, COMMITTED_MODELS) as factory:
        yield factory


class Guids(NamedTuple):
    """The guids of two sightings with an encounter each, of one individual."""

    owner: UUID
    sightings: list[UUID]
    encounters: list[UUID]


@pytest.fixture
def guids(factory: Sessions) -> Guids:
    with factory.begin() as db:
        owner = User(username="ada", email="ada@example.org", password="")
        individual = Individual(taxonomy_guid=uuid4())
        db.add_all([owner, individual])
        db.flush()
        sightings = [
            Sighting(stage=SightingStage.UN_REVIEWED, observed=times.read(TIME)[0])
            for _ in range(2)
        ]
        for sighting in sightings:
            encounter = Encounter(owner_guid=owner.guid, individual_guid=individual.guid)
            sighting.encounters.append(encounter)
        db.add_all(sightings)
        db.flush()
        encounters = [sighting.encounters[0].guid for sighting in sightings]
        return Guids(owner.guid, [sighting.guid for sighting in sightings], encounters)


def test_two_changes(services: Services, factory: Sessions, guids: Guids) -> None:
    def change(**values: Any) -> Action:
        def do(db: Session) -> None:
            row = db.get_one(Sighting, guids.sightings[0])
            change = Change(values=dict(values))
            update_sighting(services, db, row, change, owner=guids.owner, confirmed=Confirmed())

        return do

    time = "2020-02-03T04:05:06+02:00"
    at_once(factory, change(comments="Two.", time=time), change(timeSpecificity="day", name="Foal"))
    with factory() as db:
        row = db.get_one(Sighting, guids.sightings[0])
        assert (row.comments, row.name, row.observed.specificity) == ("Two.", "Foal", "day")
        assert row.observed.time == time


def test_two_changes_of_an_encounter(services: Services, factory: Sessions, guids: Guids) -> None:
    def change(**values: Any) -> Action:
        def do(db: Session) -> None:
            row = db.get_one(Encounter, guids.encounters[0])
            update_encounter(services, db, row, Change(values=dict(values)))

        return do

    at_once(factory, change(sex=Sex.MALE), change(verbatimLocality="Bank"))
    with factory() as db:
        row = db.get_one(Encounter, guids.encounters[0])
        assert (row.sex, row.verbatim_locality) == (Sex.MALE, "Bank")


def test_last_two_encounters_of_a_sighting(
    services: Services, factory: Sessions, guids: Guids
) -> None:
    with factory.begin() as db:
        first, second = (db.get_one(Encounter, guid) for guid in guids.encounters)
        first.sighting_guid, first.individual_guid = second.sighting_guid, None

    def remove(db: Session, guid: UUID) -> None:
        encounter = db.get_one(Encounter, guid)
        delete_encounter(services, db, encounter, Confirmed(individuals=True))

    def remove_last(db: Session) -> None:
        with pytest.raises(CascadeRefused) as refused:
            remove(db, guids.encounters[1])
        assert refused.value.extra["vulnerableSightingGuid"] == guids.sightings[1]

    at_once(factory, lambda db: remove(db, guids.encounters[0]), remove_last)
    with factory() as db:
        assert db.scalars(select(Encounter.guid)).all() == [guids.encounters[1]]


def test_encounter_is_changed_while_it_is_deleted(
    services: Services, factory: Sessions, guids: Guids
) -> None:
    with factory.begin() as db:
        first, second = (db.get_one(Encounter, guid) for guid in guids.encounters)
        first.sighting_guid, first.individual_guid = second.sighting_guid, None

    def remove(db: Session) -> None:
        delete_encounter(services, db, db.get_one(Encounter, guids.encounters[0]), Confirmed())

    def change(db: Session) -> None:
        row = db.get(Encounter, guids.encounters[0])
        if row is None:
            return  # SQLite begins this transaction after the other one
        with pytest.raises(NotFound):
            update_encounter(services, db, row, Change(values={"sex": Sex.MALE}))

    at_once(factory, remove, change)


def test_encounter_is_deleted_twice(services: Services, factory: Sessions, guids: Guids) -> None:
    everything = Confirmed(individuals=True, sighting=True)

    def remove(db: Session) -> None:
        encounter = db.get_one(Encounter, guids.encounters[0])
        delete_encounter(services, db, encounter, everything)

    def remove_again(db: Session) -> None:
        if db.get(Encounter, guids.encounters[0]) is None:
            return  # SQLite begins this transaction after the other one
        with pytest.raises(NotFound):
            remove(db)

    at_once(factory, remove, remove_again)


def test_last_two_encounters_of_an_individual(
    services: Services, factory: Sessions, guids: Guids
) -> None:
    def remove(db: Session, guid: UUID) -> None:
        delete_sighting(services, db, db.get_one(Sighting, guid), Confirmed())

    def remove_last(db: Session) -> None:
        with pytest.raises(CascadeRefused):
            remove(db, guids.sightings[1])

    at_once(factory, lambda db: remove(db, guids.sightings[0]), remove_last)
    with factory() as db:
        assert db.scalar(select(func.count()).select_from(Encounter)) == 1
