"""Failed and cancelled jobs, their failure handlers, and retries."""

import logging
from uuid import UUID

import pytest
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.jobs import Job, JobContext, Jobs, JobState
from houston.core.jobs.execution import run
from houston.core.jobs.recovery import heartbeat
from houston.core.services import Services
from tests.jobs import run_due_jobs
from tests.unit.core.jobs.support import (
    MINUTE,
    RecordedJob,
    change,
    claim,
    enqueue,
    expire_lease,
    fail,
    fetch,
    let_time_pass,
)

ARGUMENTS = {"code": "swordfish"}


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.WARNING)
    return caplog


def cancel(services: Services, db: Session, guid: UUID) -> bool:
    cancelled = services[Jobs].cancel(db, guid)
    db.commit()
    return cancelled


def retry(services: Services, db: Session, guid: UUID) -> bool:
    begun = services[Jobs].retry(db, guid)
    db.commit()
    return begun


class TestFailure:
    def test_handler_is_called_after_the_last_attempt(
        self, services: Services, recorded: RecordedJob
    ) -> None:
        recorded.action = fail
        guid = enqueue(services, "watched", arguments=ARGUMENTS)
        assert recorded.failures == []
        let_time_pass(services, guid)
        run_due_jobs(services)
        assert fetch(services, guid).state is JobState.FAILED
        assert recorded.failures == [(ARGUMENTS, "ConnectionError: no route")]

    def test_handler_receives_arguments_that_are_then_erased(
        self, services: Services, recorded: RecordedJob
    ) -> None:
        recorded.action = fail
        guid = enqueue(services, "secret", arguments=ARGUMENTS)
        assert recorded.failures == [(ARGUMENTS, "ConnectionError: no route")]
        assert fetch(services, guid).arguments == {}

    @pytest.mark.usefixtures("waiting")
    def test_handler_is_called_when_the_last_worker_is_dead(
        self, services: Services, recorded: RecordedJob
    ) -> None:
        guid = enqueue(services, "watched", arguments=ARGUMENTS)
        for _ in range(2):
            assert recorded.failures == []
            claim(services, guid)
            expire_lease(services, guid)
            heartbeat(services)
        assert recorded.failures == [(ARGUMENTS, "the worker died")]

    @pytest.mark.usefixtures("waiting")
    def test_job_fails_even_if_the_handler_fails(
        self, db: Session, services: Services, recorded: RecordedJob
    ) -> None:
        def write_and_fail(db: Session) -> None:
            services[Jobs].enqueue(db, "plain")
            raise ConnectionError

        recorded.action, recorded.failure_action = fail, write_and_fail
        guid = enqueue(services, "secret", arguments=ARGUMENTS)
        run(services, guid)
        assert len(recorded.failures) == 1
        (row,) = db.scalars(select(Job))
        assert (row.guid, row.state, row.arguments) == (guid, JobState.FAILED, {})

    def test_failure_erases_secret_arguments(
        self, db: Session, services: Services, recorded: RecordedJob
    ) -> None:
        done = enqueue(services, "secret", arguments=ARGUMENTS)
        recorded.action = fail
        failed = enqueue(services, "secret", arguments=ARGUMENTS)
        assert recorded.calls == [ARGUMENTS] * 2
        later = utc_now() + MINUTE
        cancelled = enqueue(services, "secret", arguments=ARGUMENTS, run_after=later)
        assert cancel(services, db, cancelled)
        rows = [fetch(services, guid) for guid in (done, failed, cancelled)]
        assert [row.state for row in rows] == [JobState.DONE, JobState.FAILED, JobState.CANCELLED]
        assert [row.arguments for row in rows] == [{}, {}, {}]


@pytest.mark.usefixtures("waiting")
class TestCancelling:
    def test_pending_job_is_not_run(
        self, db: Session, services: Services, recorded: RecordedJob
    ) -> None:
        guid = enqueue(services)
        assert cancel(services, db, guid)
        assert run(services, guid) is None
        assert recorded.calls == []
        assert fetch(services, guid).finished is not None

    def test_running_job_ends_at_its_next_progress(
        self, db: Session, services: Services, recorded: RecordedJob, log: pytest.LogCaptureFixture
    ) -> None:
        guid = enqueue(services)
        reached: list[str] = []

        def be_cancelled(context: JobContext) -> None:
            assert cancel(services, db, guid)
            context.set_progress(50)
            reached.append("too far")

        recorded.action = be_cancelled
        assert run(services, guid) is None
        row = fetch(services, guid)
        assert (row.state, row.progress, reached) == (JobState.CANCELLED, 0, [])
        assert "cancelled or taken over" in log.text

    def test_completed_job_cannot_be_cancelled(self, db: Session, services: Services) -> None:
        guid = enqueue(services)
        run(services, guid)
        assert not cancel(services, db, guid)
        assert not cancel(services, db, UUID(int=0))
        assert fetch(services, guid).state is JobState.DONE

    def test_handler_is_called_once(
        self, db: Session, services: Services, recorded: RecordedJob
    ) -> None:
        guid = enqueue(services, "watched", arguments=ARGUMENTS)
        assert cancel(services, db, guid)
        assert not cancel(services, db, guid)
        assert recorded.failures == [(ARGUMENTS, "the job was cancelled")]

    def test_handler_runs_in_the_same_transaction(
        self, db: Session, services: Services, recorded: RecordedJob
    ) -> None:
        guid = enqueue(services, "watched")
        recorded.failure_action = lambda db: services[Jobs].enqueue(db, "plain")
        services[Jobs].cancel(db, guid)
        assert len(list(db.scalars(select(Job)))) == 2
        db.rollback()
        assert [row.state for row in db.scalars(select(Job))] == [JobState.PENDING]


class TestRetrying:
    @pytest.mark.parametrize("state", [JobState.FAILED, JobState.CANCELLED])
    def test_failed_or_cancelled_job_is_retried(
        self, db: Session, services: Services, recorded: RecordedJob, state: JobState
    ) -> None:
        guid = enqueue(services, arguments={"word": "hello"})
        change(services, guid, state=state, attempts=3, progress=50, error="no", finished=utc_now())
        assert services[Jobs].retry(db, guid)
        assert len(recorded.calls) == 1
        db.commit()
        assert recorded.calls == [{"word": "hello"}] * 2
        row = fetch(services, guid)
        assert (row.state, row.error, row.attempts) == (JobState.DONE, None, 4)

    def test_retried_job_has_all_its_attempts(
        self, db: Session, services: Services, recorded: RecordedJob
    ) -> None:
        recorded.action = fail
        guid = enqueue(services, "watched", run_after=utc_now() + MINUTE)
        assert cancel(services, db, guid)
        change(services, guid, attempts=2)
        assert retry(services, db, guid)
        assert fetch(services, guid).state is JobState.PENDING
        let_time_pass(services, guid)
        run_due_jobs(services)
        assert (fetch(services, guid).state, len(recorded.calls)) == (JobState.FAILED, 2)

    @pytest.mark.usefixtures("waiting")
    def test_cancelled_attempt_does_not_end_the_new_one(
        self, db: Session, services: Services, recorded: RecordedJob
    ) -> None:
        guid = enqueue(services)

        def be_replaced(context: JobContext) -> None:
            assert cancel(services, db, guid)
            assert retry(services, db, guid)
            claim(services, guid)

        recorded.action = be_replaced
        run(services, guid)
        row = fetch(services, guid)
        assert (row.state, row.attempts) == (JobState.RUNNING, 2)

    def test_other_jobs_cannot_be_retried(
        self, db: Session, services: Services, recorded: RecordedJob
    ) -> None:
        assert not retry(services, db, enqueue(services))
        recorded.action = fail
        secret = enqueue(services, "secret", arguments=ARGUMENTS)
        assert fetch(services, secret).state is JobState.FAILED
        assert not retry(services, db, secret)
        assert not retry(services, db, UUID(int=0))
