"""Concurrent changes of encounters: no change is lost."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from pyramid.router import Router
from sqlalchemy.orm import Session, sessionmaker

from houston.core.api.patch import Change
from houston.core.services import Services
from houston.domain import times
from houston.domain.observations import Sex
from houston.modules.audit_logs.models import AuditLog
from houston.modules.sightings.models import Encounter, Sighting, SightingStage
from houston.modules.sightings.services.encounters import update_encounter
from houston.modules.users.models import User
from tests.at_once import Action, at_once, committing
from tests.factories.asset_groups import TIME


@pytest.fixture(autouse=True)
def _with_site() -> None:
    """Override the fixture, because rows of these tests are committed."""


@pytest.fixture
def factory(app: Router, database_url: str) -> "Iterator[sessionmaker[Any]]":
    """Yield a factory of sessions that commit, and delete their rows afterwards."""
    yield from committing(database_url, (Encounter, Sighting, User, AuditLog))


@pytest.fixture
def guid(factory: "sessionmaker[Any]") -> UUID:
    """Return the guid of an encounter."""
    with factory.begin() as db:
        owner = User(username="ada", email="ada@example.org", password="")
        sighting = Sighting(stage=SightingStage.UN_REVIEWED, observed=times.read(TIME)[0])
        db.add_all([owner, sighting])
        db.flush()
        encounter = Encounter(sighting=sighting, owner_guid=owner.guid)
        db.add(encounter)
        db.flush()
        return encounter.guid


def test_changes_of_different_fields(
    services: Services, factory: "sessionmaker[Any]", guid: UUID
) -> None:
    def change(**values: Any) -> Action:
        def do(db: Session) -> None:
            row = db.get_one(Encounter, guid)
            update_encounter(services, db, row, Change(values=dict(values)))

        return do

    at_once(factory, change(sex=Sex.MALE), change(verbatimLocality="Bank"))
    with factory() as db:
        stored = db.get_one(Encounter, guid)
        assert (stored.sex, stored.verbatim_locality) == (Sex.MALE, "Bank")
