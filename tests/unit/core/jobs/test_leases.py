"""One worker has a job at a time, tells how far it is, and may die or be called off."""

import logging
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from pyramid.registry import Registry
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from houston.core.db.types import utc_now
from houston.core.jobs import (
    Job,
    JobContext,
    JobState,
    cancel,
    enqueue,
)
from houston.core.jobs.runner import KEPT, LEASE, claim_next, run_due, run_next, sweep
from tests.unit.core.jobs.support import (
    MINUTE,
    Note,
    change,
    committed,
    fetch,
)


def test_two_claimers_get_two_different_jobs(engine: Engine, db: Session, deaf: Registry) -> None:
    guids = {committed(db) for _ in range(20)}
    claimed: list[UUID] = []
    together = Barrier(4)

    def claim_all() -> None:
        together.wait()
        while True:
            with deaf["houston.db.session_factory"].begin() as session:
                claim = claim_next(session, utc_now())
            if claim is None:
                return
            claimed.append(claim.guid)

    threads = [Thread(target=claim_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == 20
    assert set(claimed) == guids


def test_job_of_a_dead_worker_is_taken_over(db: Session, deaf: Registry, note: Note) -> None:
    guid = committed(db)
    assert claim_next(db, utc_now()) is not None
    db.commit()
    assert sweep(deaf) == 0
    assert fetch(deaf, guid).state is JobState.RUNNING
    change(db, guid, lease_until=utc_now() - MINUTE)
    assert sweep(deaf) == 1
    assert fetch(deaf, guid).error == "the worker died"
    assert run_due(deaf) == 1
    row = fetch(deaf, guid)
    assert (row.state, row.attempts, note.calls) == (JobState.DONE, 2, [{}])


def test_job_of_a_dead_process_of_this_machine_is_taken_over_at_once(
    db: Session, deaf: Registry
) -> None:
    guid = committed(db)
    assert claim_next(db, utc_now()) is not None
    db.commit()
    process, _, _ = (fetch(deaf, guid).worker or "").rpartition("/")
    assert sweep(deaf) == 0
    change(db, guid, worker=f"{process}/predecessor")
    assert sweep(deaf) == 1
    assert fetch(deaf, guid).error == "the worker died"


@pytest.mark.parametrize(
    ("name", "remembered"), [("note", {"code": "swordfish"}), ("note.secret", {})]
)
def test_job_that_kills_its_workers_fails_at_last(
    db: Session, deaf: Registry, name: str, remembered: dict[str, str]
) -> None:
    guid = committed(db, name, arguments={"code": "swordfish"})
    assert claim_next(db, utc_now()) is not None
    db.commit()
    change(db, guid, lease_until=utc_now() - MINUTE, max_attempts=1)
    assert sweep(deaf) == 0
    row = fetch(deaf, guid)
    assert (row.state, row.error) == (JobState.FAILED, "the worker died")
    assert row.arguments == remembered


def test_sweep_renews_the_leases_of_what_runs_here(db: Session, deaf: Registry, note: Note) -> None:
    guid = committed(db)
    seen: list[bool] = []

    def stall(context: JobContext) -> None:
        change(db, guid, lease_until=utc_now() - MINUTE)
        sweep(deaf)
        lease = fetch(deaf, guid).lease_until
        seen.append(lease is not None and lease > utc_now() + LEASE / 2)

    note.then = stall
    run_due(deaf)
    assert seen == [True]
    assert fetch(deaf, guid).state is JobState.DONE


def test_worker_that_was_taken_for_dead_does_not_count(
    db: Session, deaf: Registry, note: Note
) -> None:
    guid = committed(db)

    def be_overtaken(context: JobContext) -> None:
        change(db, guid, attempts=2)
        enqueue(context.db, "note.secret")

    note.then = be_overtaken
    assert run_next(deaf)
    assert [row.guid for row in db.scalars(select(Job))] == [guid]
    assert fetch(deaf, guid).state is JobState.RUNNING


def test_failure_of_a_worker_that_was_taken_for_dead_does_not_count(
    db: Session, deaf: Registry, note: Note, caplog: pytest.LogCaptureFixture
) -> None:
    guid = committed(db)

    def be_overtaken(context: JobContext) -> None:
        change(db, guid, attempts=2)
        raise ConnectionError

    note.then = be_overtaken
    caplog.set_level(logging.CRITICAL)
    assert run_next(deaf)
    row = fetch(deaf, guid)
    assert (row.state, row.error) == (JobState.RUNNING, None)


def test_sweep_deletes_what_was_over_a_month_ago(db: Session, registry: Registry) -> None:
    old, new = committed(db), committed(db)
    change(db, old, run_after=utc_now() - KEPT - MINUTE)
    failed = committed(db, run_after=utc_now() + MINUTE)
    change(db, failed, run_after=utc_now() - KEPT - MINUTE, state=JobState.FAILED)
    sweep(registry)
    assert set(db.scalars(select(Job.guid))) == {new, failed}


def test_progress_is_seen_with_the_work_done_so_far(
    db: Session, registry: Registry, note: Note
) -> None:
    seen: list[tuple[str, int]] = []

    def work(context: JobContext) -> None:
        if seen:
            return
        enqueue(context.db, "note.secret", run_after=utc_now() + MINUTE)
        context.set_progress(40)
        seen.extend((row.name, row.progress) for row in db.scalars(select(Job).order_by(Job.name)))
        db.rollback()

    note.then = work
    committed(db)
    assert seen == [("note", 40), ("note.secret", 0)]


@pytest.mark.parametrize("percent", [-1, 101])
def test_progress_is_a_percentage(db: Session, percent: int) -> None:
    db.add(Job(name="note", max_attempts=1, progress=percent))
    with pytest.raises(IntegrityError, match="ck_job_progress_is_percent"):
        db.flush()


def test_pending_job_can_be_cancelled(db: Session, registry: Registry, note: Note) -> None:
    guid = committed(db, run_after=utc_now() + MINUTE)
    assert cancel(db, guid)
    db.commit()
    change(db, guid, run_after=utc_now() - MINUTE)
    assert run_due(registry) == 0
    assert note.calls == []
    assert fetch(registry, guid).finished is not None


def test_running_job_ends_at_its_next_progress(
    db: Session, deaf: Registry, note: Note, caplog: pytest.LogCaptureFixture
) -> None:
    guid = committed(db)
    reached: list[str] = []

    def be_cancelled(context: JobContext) -> None:
        assert cancel(db, guid)
        db.commit()
        context.set_progress(50)
        reached.append("too far")

    note.then = be_cancelled
    assert run_next(deaf)
    row = fetch(deaf, guid)
    assert (row.state, row.progress, reached) == (JobState.CANCELLED, 0, [])
    assert "cancelled or taken over" in caplog.text


def test_job_that_is_over_cannot_be_cancelled(db: Session, registry: Registry) -> None:
    guid = committed(db)
    assert not cancel(db, guid)
    assert not cancel(db, uuid4())
    assert fetch(registry, guid).state is JobState.DONE


def test_job_sees_the_settings(db: Session, note: Note) -> None:
    seen: list[str] = []
    note.then = lambda context: seen.append(context.settings["houston.jobs.url"])
    committed(db)
    assert seen == ["immediate:"]
