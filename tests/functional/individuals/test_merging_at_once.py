"""Merges, votes and deadlines at the same time, and workers that die: each merge is done once."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest
from pyramid.router import Router
from sqlalchemy import func, select, update

from houston.core.db.session import Database, Session
from houston.core.db.types import utc_now
from houston.core.errors import ApiError
from houston.core.events import Events
from houston.core.jobs import Job, JobState
from houston.core.jobs.execution import claim_job, run
from houston.core.jobs.recovery import heartbeat
from houston.core.services import Services
from houston.domain.observations import MatchState
from houston.domain.times import read
from houston.modules.audit_logs.models import AuditLog
from houston.modules.individuals.events import IndividualsMerged
from houston.modules.individuals.merging.merge import lock_individuals, merge
from houston.modules.individuals.merging.requests import merge_at_deadline, request_merge, vote
from houston.modules.individuals.models import Individual, MergeRequest, MergeState, Name, Vote
from houston.modules.individuals.services.individuals import delete_individuals
from houston.modules.notifications.models import Notification
from houston.modules.sightings.models import Encounter, Sighting, SightingStage
from houston.modules.users.models import User
from tests.factories.asset_groups import TIME
from tests.functional.asset_groups.reports import TAXONOMY
from tests.functional.at_once import Action, Sessions, committing
from tests.functional.at_once import at_once as run_at_once
from tests.jobs import jobs_waiting

COMMITTED_MODELS = (
    Notification,
    MergeRequest,
    Name,
    Encounter,
    Individual,
    Sighting,
    Job,
    User,
    AuditLog,
)


@pytest.fixture(autouse=True)
def _site() -> None:
    """Override the fixture, because rows of these tests are committed."""


@pytest.fixture
def factory(app: Router, database_url: str) -> Iterator[Sessions]:
    """Yield a factory of sessions that commit, and delete their rows afterwards."""
    with committing(database_url, COMMITTED_MODELS) as factory:
        yield factory


@pytest.fixture
def guids(factory: Sessions) -> list[UUID]:
    """Return the guids of three individuals, each with an encounter of another owner."""
    with factory.begin() as db:
        return [_individual(db, f"owner{number}") for number in range(3)]


@pytest.fixture
def pending(services: Services, factory: Sessions, guids: list[UUID]) -> Iterator[UUID]:
    """Return the guid of a request whose deadline has passed; its job waits."""
    with jobs_waiting(services):
        with factory.begin() as db:
            owner = db.scalars(select(User).where(User.username == "owner0")).one()
            individuals = lock_individuals(db, guids[0], guids[1:2])
            requested = request_merge(
                services, db, owner, individuals, {}, blocking=[], delay=timedelta(seconds=-1)
            )
            guid = requested.request.guid
        yield guid


def _individual(db: Session, owner: str) -> UUID:
    user = User(username=owner, email=f"{owner}@example.org", password="", full_name=owner)
    sighting = Sighting(
        stage=SightingStage.UN_REVIEWED, observed=read(TIME)[0], match_state=MatchState.UNREVIEWED
    )
    individual = Individual(taxonomy_guid=UUID(TAXONOMY))
    db.add_all([user, sighting, individual])
    db.flush()
    db.add_all(
        [
            Name(
                individual_guid=individual.guid,
                context="FirstName",
                value=owner,
                creator_guid=user.guid,
            ),
            Encounter(
                sighting_guid=sighting.guid, owner_guid=user.guid, individual_guid=individual.guid
            ),
        ]
    )
    return individual.guid


def at_once(factory: Sessions, first: Action, second: Action) -> bool:
    """Run two functions at once; returns whether the second is done, or else was refused."""
    done: list[Action] = []

    def run_second(db: Session) -> None:
        with suppress(ApiError):
            second(db)
            done.append(second)

    run_at_once(factory, first, run_second)
    return bool(done)


def merging(services: Services, target: UUID, *sources: UUID) -> Action:
    """Return the function that merges individuals."""

    def do(db: Session) -> None:
        author = db.scalars(select(User.guid).order_by(User.id)).first()
        assert author is not None
        merge(services, db, author, lock_individuals(db, target, sources), {})

    return do


def deleting(services: Services, guid: UUID) -> Action:
    """Return the function that deletes an individual."""
    return lambda db: delete_individuals(services[Events], db, Individual.guid == guid)


def names_by_individual(factory: Sessions) -> dict[UUID, list[str]]:
    """Return the names of each individual that there is."""
    with factory() as db:
        return {
            each.guid: sorted(name.value for name in each.names)
            for each in db.scalars(select(Individual))
        }


def encounters_by_individual(factory: Sessions) -> dict[UUID | None, int]:
    with factory() as db:
        column = Encounter.individual_guid
        return dict(db.execute(select(column, func.count()).group_by(column)).all())  # type: ignore[arg-type]


class TestMerges:
    def test_two_of_one_source(
        self, services: Services, factory: Sessions, guids: list[UUID]
    ) -> None:
        one, two, three = guids
        assert not at_once(factory, merging(services, one, two), merging(services, three, two))
        assert names_by_individual(factory) == {one: ["owner0", "owner1"], three: ["owner2"]}
        assert encounters_by_individual(factory) == {one: 2, three: 1}

    def test_two_in_opposite_directions(
        self, services: Services, factory: Sessions, guids: list[UUID]
    ) -> None:
        one, two, _ = guids
        assert not at_once(factory, merging(services, one, two), merging(services, two, one))
        assert encounters_by_individual(factory)[one] == 2

    def test_two_of_a_chain(self, services: Services, factory: Sessions, guids: list[UUID]) -> None:
        one, two, three = guids
        assert at_once(factory, merging(services, one, two), merging(services, three, one))
        assert names_by_individual(factory) == {three: ["owner0", "owner1", "owner2"]}
        assert encounters_by_individual(factory) == {three: 3}

    def test_deletion_of_the_source_comes_first(
        self, services: Services, factory: Sessions, guids: list[UUID]
    ) -> None:
        one, two, three = guids
        assert not at_once(factory, deleting(services, two), merging(services, one, two))
        assert encounters_by_individual(factory) == {one: 1, None: 1, three: 1}

    def test_deletion_of_the_source_comes_second(
        self, services: Services, factory: Sessions, guids: list[UUID]
    ) -> None:
        one, two, three = guids
        assert at_once(factory, merging(services, one, two), deleting(services, two))
        assert encounters_by_individual(factory) == {one: 2, three: 1}

    def test_deletion_of_the_target_comes_second(
        self, services: Services, factory: Sessions, guids: list[UUID]
    ) -> None:
        one, two, three = guids
        assert at_once(factory, merging(services, one, two), deleting(services, one))
        assert encounters_by_individual(factory) == {None: 2, three: 1}


class TestRequests:
    def test_last_vote_and_deadline(
        self, services: Services, factory: Sessions, guids: list[UUID], pending: UUID
    ) -> None:
        def last_vote(db: Session) -> None:
            voter = db.scalars(select(User).where(User.username == "owner1")).one()
            assert vote(services, db, pending, voter, Vote.ALLOW).state is MergeState.COMPLETED

        assert at_once(factory, last_vote, lambda db: merge_at_deadline(services, db, pending))
        self._check_merged_once(factory, guids)

    def test_deadline_twice(
        self, services: Services, factory: Sessions, guids: list[UUID], pending: UUID
    ) -> None:
        def at_deadline(db: Session) -> None:
            merge_at_deadline(services, db, pending)

        assert at_once(factory, at_deadline, at_deadline)
        self._check_merged_once(factory, guids)

    def test_block_at_the_deadline(
        self, services: Services, factory: Sessions, guids: list[UUID], pending: UUID
    ) -> None:
        def block(db: Session) -> None:
            voter = db.scalars(select(User).where(User.username == "owner1")).one()
            assert vote(services, db, pending, voter, Vote.BLOCK).state is MergeState.BLOCKED

        assert at_once(factory, block, lambda db: merge_at_deadline(services, db, pending))
        assert len(names_by_individual(factory)) == 3

    def test_worker_that_dies_leaves_all_to_the_next(
        self, services: Services, factory: Sessions, guids: list[UUID], pending: UUID
    ) -> None:
        """The first worker dies before it does anything, the second one before its commit."""
        with factory() as db:
            job = db.get_one(MergeRequest, pending).job_guid
        assert job is not None
        with services[Database].transaction() as db:
            assert claim_job(db, job) is not None
        _take_over(services, factory, job)

        def die(_services: Services, _db: Session, _event: IndividualsMerged) -> None:
            raise RuntimeError("the worker dies")

        services[Events].subscribe(IndividualsMerged, die)
        try:
            run(services, job)
        finally:
            services[Events]._subscribers.pop()
        assert len(names_by_individual(factory)) == 3
        with factory.begin() as db:
            assert db.get_one(MergeRequest, pending).state is MergeState.PENDING
            db.execute(update(Job).values(run_after=utc_now()))
        run(services, job)
        run(services, job)
        self._check_merged_once(factory, guids)
        with factory() as db:
            row = db.get_one(Job, job)
            assert (row.state, row.attempts) == (JobState.DONE, 3)

    @staticmethod
    def _check_merged_once(factory: Sessions, guids: list[UUID]) -> None:
        one, _, three = guids
        assert names_by_individual(factory) == {one: ["owner0", "owner1"], three: ["owner2"]}
        with factory() as db:
            assert db.scalars(select(MergeRequest.state)).all() == [MergeState.COMPLETED]
            complete = Notification.message_type == "individual_merge_complete"
            assert db.scalar(select(func.count()).where(complete)) == 2


def _take_over(services: Services, factory: Sessions, job: UUID) -> None:
    """Let the lease of a dead worker end, and another worker notice it."""
    with factory.begin() as db:
        db.get_one(Job, job).lease_until = utc_now() - timedelta(seconds=1)
    heartbeat(services)
