"""Concurrent requests: none repeats a relationship, nor takes the single role of another."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from pyramid.router import Router
from sqlalchemy import delete, func, select
from sqlalchemy.orm import sessionmaker

from houston.core.api.patch import Change, PatchAction
from houston.core.db.engine import make_engine
from houston.core.db.session import Database, Session
from houston.core.errors import BadRequest, Conflict
from houston.core.services import services_of
from houston.modules.audit_logs.models import AuditLog
from houston.modules.individuals.models import Individual
from houston.modules.relationships.models import Relationship
from houston.modules.relationships.services import create_relationship
from houston.modules.site_settings.models import SiteSetting
from houston.modules.social_groups.models import SocialGroup, SocialGroupMember
from houston.modules.social_groups.services import update_social_group
from tests.factories.relationships import CALF, FAMILY, MOTHER, TYPES
from tests.factories.social_groups import MATRIARCH, ROLES
from tests.functional.asset_groups.reports import TAXONOMY

COMMITTED_MODELS = (Relationship, SocialGroup, Individual, SiteSetting, AuditLog)
CALLERS = 6


@pytest.fixture(autouse=True)
def _with_types() -> None:
    """Override the fixture, because rows of these tests are committed."""


@pytest.fixture
def factory(app: Router, database_url: str) -> Iterator["sessionmaker[Any]"]:
    """Yield a factory of sessions that commit, and delete their rows afterwards."""
    engine = make_engine(database_url)
    factory = Database(engine).writing
    yield factory
    with factory.begin() as db:
        for model in COMMITTED_MODELS:
            db.execute(delete(model))
    engine.dispose()


@pytest.fixture
def individuals(factory: "sessionmaker[Any]") -> list[UUID]:
    """Return the guids of individuals of a site with types of relationships and roles."""
    with factory.begin() as db:
        rows = [Individual(taxonomy_guid=UUID(TAXONOMY)) for _ in range(CALLERS)]
        db.add_all(rows)
        db.add(SiteSetting(key="relationship_type_roles", value=TYPES))
        db.add(SiteSetting(key="social_group_roles", value=ROLES))
        db.flush()
        return [row.guid for row in rows]


def successes(factory: "sessionmaker[Any]", act: Callable[[Session, int], Any]) -> int:
    """Let callers act at once, each in a transaction; return how many are not refused."""
    ready = Barrier(CALLERS)

    def run(number: int) -> bool:
        ready.wait()
        try:
            with factory.begin() as db:
                act(db, number)
        except (BadRequest, Conflict):
            return False
        return True

    with ThreadPoolExecutor(CALLERS) as callers:
        return sum(callers.map(run, range(CALLERS)))


def test_a_relationship_is_created_once(
    app: Router, factory: "sessionmaker[Any]", individuals: list[UUID]
) -> None:
    mother = {"guid": individuals[0], "role_guid": UUID(MOTHER)}
    calf = {"guid": individuals[1], "role_guid": UUID(CALF)}

    def relate(db: Session, number: int) -> None:
        members = (mother, calf) if number % 2 else (calf, mother)
        values = {
            f"individual_{position}_{name}": value
            for position, member in enumerate(members, 1)
            for name, value in member.items()
        }
        values |= {"type_guid": UUID(FAMILY), "start_date": None, "end_date": None}
        create_relationship(services_of(app), db, individuals, values)

    assert successes(factory, relate) == 1
    with factory.begin() as db:
        assert db.scalar(select(func.count()).select_from(Relationship)) == 1


def test_a_single_role_is_given_once(
    app: Router, factory: "sessionmaker[Any]", individuals: list[UUID]
) -> None:
    with factory.begin() as db:
        group = SocialGroup(name="Herd")
        db.add(group)
        db.flush()
        guid = group.guid

    def join(db: Session, number: int) -> None:
        members = {str(individuals[number]): {"role_guids": [MATRIARCH]}}
        change = Change(actions=[PatchAction("add", "members", members)])
        found = db.get_one(SocialGroup, guid)
        update_social_group(services_of(app), db, individuals, found, change)

    assert successes(factory, join) == 1
    with factory.begin() as db:
        (member,) = db.scalars(select(SocialGroupMember))
        assert member.role_guids == [MATRIARCH]
