"""Jobs of dead workers, jobs that are missing in the queue, and periodic jobs."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from houston.core.db.session import Database, Session
from houston.core.db.types import utc_now
from houston.core.jobs import Job, JobContext, Jobs, JobState
from houston.core.jobs.execution import LEASE, claim_job, run
from houston.core.jobs.recovery import (
    PERIODIC_RETENTION,
    RETENTION,
    heartbeat,
    maintain,
    make_periodic,
)
from houston.core.services import Services, services_of
from tests.jobs import jobs_waiting
from tests.unit.core.jobs.support import (
    MINUTE,
    MakeApplication,
    RecordedJob,
    change,
    claim,
    enqueue,
    expire_lease,
    fetch,
)

NOON = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)


def together(work: Callable[[], None]) -> None:
    """Run a function in four threads at the same time."""
    ready = Barrier(4)

    def begin() -> None:
        ready.wait()
        work()

    threads = [Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class TestLeases:
    @pytest.fixture
    def running(self, services: Services) -> UUID:
        """Claim a job for a worker of this process."""
        with jobs_waiting(services):
            guid = enqueue(services)
        claim(services, guid)
        return guid

    @pytest.mark.usefixtures("waiting")
    def test_one_worker_gets_a_job(self, services: Services) -> None:
        guids = [enqueue(services) for _ in range(20)]
        claimed: list[UUID] = []

        def claim_all() -> None:
            for guid in guids:
                with services[Database].transaction() as session:
                    if claim_job(session, guid) is not None:
                        claimed.append(guid)

        together(claim_all)
        assert sorted(claimed) == sorted(guids)

    def test_job_of_a_dead_worker_is_run_by_another(
        self, services: Services, running: UUID, recorded: RecordedJob
    ) -> None:
        heartbeat(services)
        assert fetch(services, running).state is JobState.RUNNING
        expire_lease(services, running)
        heartbeat(services)
        row = fetch(services, running)
        assert (row.state, row.attempts, recorded.calls) == (JobState.DONE, 2, [{}])

    @pytest.mark.usefixtures("waiting")
    def test_end_of_a_local_process_is_detected_immediately(
        self, services: Services, running: UUID
    ) -> None:
        process, _, _ = (fetch(services, running).worker or "").rpartition("/")
        change(services, running, worker=f"{process}/predecessor")
        heartbeat(services)
        row = fetch(services, running)
        assert (row.state, row.error) == (JobState.PENDING, "the worker died")

    @pytest.mark.usefixtures("waiting")
    @pytest.mark.parametrize(
        ("name", "remembered"), [("plain", {"code": "swordfish"}), ("secret", {})]
    )
    def test_job_that_kills_its_workers_fails(
        self, services: Services, name: str, remembered: dict[str, str]
    ) -> None:
        guid = enqueue(services, name, arguments={"code": "swordfish"})
        claim(services, guid)
        change(services, guid, lease_until=utc_now() - MINUTE, max_attempts=1)
        heartbeat(services)
        row = fetch(services, guid)
        assert (row.state, row.error) == (JobState.FAILED, "the worker died")
        assert row.arguments == remembered

    @pytest.mark.usefixtures("waiting")
    def test_heartbeat_renews_the_leases_of_its_process(
        self, services: Services, recorded: RecordedJob
    ) -> None:
        guid = enqueue(services)
        observed: list[bool] = []

        def stall(context: JobContext) -> None:
            expire_lease(services, guid)
            heartbeat(services)
            lease = fetch(services, guid).lease_until
            observed.append(lease is not None and lease > utc_now() + LEASE / 2)

        recorded.action = stall
        run(services, guid)
        assert observed == [True]
        assert fetch(services, guid).state is JobState.DONE

    @pytest.mark.usefixtures("waiting")
    @pytest.mark.parametrize("fails", [False, True])
    def test_result_of_a_replaced_worker_is_discarded(
        self, db: Session, services: Services, recorded: RecordedJob, fails: bool
    ) -> None:
        guid = enqueue(services)

        def be_overtaken(context: JobContext) -> None:
            change(services, guid, attempts=2)
            services[Jobs].enqueue(context.db, "secret")
            if fails:
                raise ConnectionError

        recorded.action = be_overtaken
        assert run(services, guid) is None
        (row,) = db.scalars(select(Job))
        assert (row.guid, row.state, row.error) == (guid, JobState.RUNNING, None)


class TestLostJobs:
    def test_job_without_a_message_is_queued_again(
        self, services: Services, recorded: RecordedJob
    ) -> None:
        with jobs_waiting(services):
            lost = enqueue(services)
            enqueue(services, run_after=utc_now() + MINUTE)
        maintain(services)
        assert len(recorded.calls) == 1
        assert fetch(services, lost).state is JobState.DONE

    def test_job_with_a_message_is_not_queued_twice(
        self, services: Services, recorded: RecordedJob, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with jobs_waiting(services):
            guid = enqueue(services)
        monkeypatch.setattr(services[Jobs].queue, "guids", lambda: {guid})
        maintain(services)
        assert recorded.calls == []


class TestOldJobs:
    def test_those_over_a_month_ago_are_deleted_unless_they_failed(
        self, db: Session, services: Services
    ) -> None:
        old, new = enqueue(services), enqueue(services)
        failed = enqueue(services, run_after=utc_now() + MINUTE)
        change(services, old, run_after=utc_now() - RETENTION - MINUTE)
        change(services, failed, run_after=utc_now() - RETENTION - MINUTE, state=JobState.FAILED)
        maintain(services)
        assert set(db.scalars(select(Job.guid))) == {new, failed}


class TestPeriodicJobs:
    @pytest.fixture
    def services(self, make_application: MakeApplication, recorded: RecordedJob) -> Services:
        """Return the services of an application with a periodic job and an ordinary one."""
        config = make_application("houston.core.events", "houston.core.jobs")
        config.add_job("often", recorded, every=300)
        config.add_job("plain", recorded)
        config.commit()
        return services_of(config)

    def make(self, services: Services, now: datetime) -> None:
        with services[Database].transaction() as db:
            make_periodic(services[Jobs], db, now)

    def rows(self, services: Services) -> list[Job]:
        with services[Database].reading() as db:
            return list(db.scalars(select(Job).order_by(Job.created)))

    def change_all(self, services: Services, **values: Any) -> None:
        with services[Database].transaction() as db:
            db.execute(update(Job).values(**values))

    def test_is_made_and_run_without_arguments(
        self, services: Services, recorded: RecordedJob
    ) -> None:
        maintain(services)
        assert recorded.calls == [{}]
        (row,) = self.rows(services)
        assert (row.name, row.state) == ("often", JobState.DONE)

    @pytest.mark.usefixtures("waiting")
    def test_one_for_each_slot(self, services: Services) -> None:
        for seconds in (0, 1, 299, 300, 599):
            self.make(services, NOON + timedelta(seconds=seconds))
            self.change_all(services, state=JobState.DONE)
        assert len(self.rows(services)) == 2

    @pytest.mark.usefixtures("waiting")
    @pytest.mark.parametrize("state", [JobState.PENDING, JobState.RUNNING])
    def test_none_while_another_is_unfinished(self, services: Services, state: JobState) -> None:
        self.make(services, NOON)
        self.change_all(services, state=state)
        self.make(services, NOON + timedelta(hours=1))
        assert len(self.rows(services)) == 1
        self.change_all(services, state=JobState.FAILED)
        self.make(services, NOON + timedelta(hours=1))
        assert len(self.rows(services)) == 2

    @pytest.mark.usefixtures("waiting")
    def test_concurrent_processes_create_one_job(self, services: Services) -> None:
        def make_some() -> None:
            for hour in range(5):
                self.make(services, NOON + timedelta(hours=hour))
                self.change_all(services, state=JobState.DONE)

        together(make_some)
        assert len(self.rows(services)) == 5

    def test_is_deleted_after_a_day_also_when_it_failed(self, services: Services) -> None:
        maintain(services)
        enqueue(services)
        long_ago = utc_now() - PERIODIC_RETENTION - MINUTE
        self.change_all(services, state=JobState.FAILED, run_after=long_ago)
        maintain(services)
        assert [row.name for row in self.rows(services)] == ["plain"]
