"""Progress: percentage and status, steps, and reading."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.jobs import JobState
from houston.modules.jobs.models import Progress
from houston.modules.jobs.services import (
    begin_again,
    cancel,
    complete,
    create_progress,
    fail,
    load_progress,
    set_percentage,
    skip,
)
from tests.clients_of_roles import Client
from tests.factories.jobs import JobFactory, ProgressFactory

FLAGS = ("skipped", "cancelled", "failed", "complete", "active", "idle", "inactive")


@pytest.fixture
def work(db: Session) -> Progress:
    return create_progress(db, "Preparation")


@pytest.fixture
def steps(db: Session, work: Progress) -> list[Progress]:
    return [create_progress(db, f"Step {number}", work) for number in (1, 2, 3)]


def read(client: Client, db: Session, progress: Progress) -> dict[str, Any]:
    db.commit()
    response = client.get(f"/api/v1/progress/{progress.guid}")
    assert response.status_int == 200
    answer: dict[str, Any] = response.json
    return answer


def shown(client: Client, db: Session, progress: Progress) -> tuple[str, int, str | None]:
    response = read(client, db, progress)
    return response["status"], response["percentage"], response["message"]


class TestReading:
    def test_all_signed_in_users_read_it(
        self, anonymous: Client, user: Client, db: Session, work: Progress
    ) -> None:
        step = create_progress(db, "Step", work)
        response = read(user, db, work)
        created = response.pop("created")
        assert response.pop("updated") >= created
        (shown_step,) = response.pop("steps")
        assert response == {
            "guid": str(work.guid),
            "description": "Preparation",
            "percentage": 0,
            "status": "created",
            "message": None,
            "skipped": False,
            "cancelled": False,
            "failed": False,
            "complete": False,
            "active": True,
            "idle": True,
            "inactive": False,
            "ahead": None,
            "celery_guid": None,
            "sage_guid": None,
            "eta": None,
            "parent_guid": None,
        }
        assert shown_step["guid"] == str(step.guid)
        assert set(shown_step) == set(response) - {"parent_guid"} | {"created", "updated"}
        assert read(user, db, step)["parent_guid"] == str(work.guid)
        assert anonymous.get(f"/api/v1/progress/{work.guid}").status_int == 401

    @pytest.mark.parametrize("key", [uuid4(), "x", "1"])
    def test_unknown_progress_is_not_found(self, user: Client, key: Any) -> None:
        assert user.get(f"/api/v1/progress/{key}").status_int == 404

    def test_there_is_no_list(self, admin: Client) -> None:
        assert admin.get("/api/v1/progress").status_int == 404

    def test_number_of_statements_does_not_grow(
        self, user: Client, db: Session, work: Progress, statements: list[str]
    ) -> None:
        create_progress(db, "Step", work, job_guid=JobFactory().guid)
        db.commit()
        statements.clear()
        user.get(f"/api/v1/progress/{work.guid}")
        few = len(statements)
        for _ in range(10):
            create_progress(db, "Step", work, job_guid=JobFactory().guid)
        db.commit()
        statements.clear()
        assert len(user.get(f"/api/v1/progress/{work.guid}").json["steps"]) == 11
        assert len(statements) == few

    def test_many_are_loaded_by_one_statement(
        self, db: Session, statements: list[str], steps: list[Progress], work: Progress
    ) -> None:
        other = ProgressFactory()
        db.commit()
        statements.clear()
        load_progress(db, [work, steps[0], other])
        assert [step.guid for step in work.steps] == [step.guid for step in steps]
        assert steps[0].steps == other.steps == []
        assert len(statements) == 1


class TestAhead:
    def test_jobs_that_are_due_before(self, user: Client, db: Session) -> None:
        now = utc_now()
        jobs = [JobFactory(run_after=now + timedelta(hours=hours)) for hours in (1, 2, 3)]
        JobFactory(run_after=now, state=JobState.RUNNING)
        work = [ProgressFactory(job_guid=job.guid) for job in jobs]
        assert [read(user, db, each)["ahead"] for each in work] == [0, 1, 2]
        jobs[2].state = JobState.RUNNING
        assert read(user, db, work[2])["ahead"] == 0
        assert read(user, db, work[2])["celery_guid"] == str(jobs[2].guid)

    def test_deleted_job(self, user: Client, db: Session) -> None:
        assert read(user, db, ProgressFactory(job_guid=uuid4()))["ahead"] == 0

    def test_work_without_a_background_job(self, user: Client, db: Session) -> None:
        work = ProgressFactory(analysis_guid=uuid4())
        response = read(user, db, work)
        assert response["ahead"] is None
        assert response["sage_guid"] == str(work.analysis_guid)

    def test_steps(self, user: Client, db: Session, work: Progress) -> None:
        create_progress(db, "Step", work, job_guid=JobFactory().guid)
        assert read(user, db, work)["steps"][0]["ahead"] == 0


class TestChanges:
    @pytest.mark.parametrize(
        ("given", "percentage", "status"),
        [
            (0, 0, "healthy"),
            (-5, 0, "healthy"),
            (41.9, 41, "healthy"),
            (100, 100, "completed"),
            (1e9, 100, "completed"),
        ],
    )
    def test_percentage_and_status(
        self, user: Client, db: Session, work: Progress, given: float, percentage: int, status: str
    ) -> None:
        set_percentage(db, work, given)
        assert shown(user, db, work) == (status, percentage, None)

    def test_percentage_decreases_only_by_force(
        self, user: Client, db: Session, work: Progress
    ) -> None:
        set_percentage(db, work, 50)
        set_percentage(db, work, 40)
        assert shown(user, db, work) == ("healthy", 50, None)
        set_percentage(db, work, 40, force=True)
        assert shown(user, db, work) == ("healthy", 40, None)

    def test_estimated_time_left(self, user: Client, db: Session, work: Progress) -> None:
        work.created = utc_now() - timedelta(seconds=60)
        set_percentage(db, work, 75)
        assert 20 <= read(user, db, work)["eta"] <= 21
        complete(db, work)
        assert read(user, db, work)["eta"] is None

    @pytest.mark.parametrize("end", [complete, fail])
    def test_completed_and_failed_are_final(
        self, user: Client, db: Session, work: Progress, end: Any
    ) -> None:
        end(db, work)
        before = shown(user, db, work)
        for change in (skip, cancel, fail, complete):
            change(db, work)
        set_percentage(db, work, 50, force=True)
        assert shown(user, db, work) == before

    @pytest.mark.parametrize(
        ("end", "status"), [(skip, "skipped"), (cancel, "cancelled"), (fail, "failed")]
    )
    def test_end_with_a_reason(
        self, user: Client, db: Session, work: Progress, end: Any, status: str
    ) -> None:
        set_percentage(db, work, 50)
        end(db, work, "The camera was off.")
        assert shown(user, db, work) == (status, 50, "The camera was off.")
        response = read(user, db, work)
        assert [flag for flag in FLAGS if response[flag]] == [status, "inactive"]
        assert response["eta"] is None

    @pytest.mark.parametrize("end", [skip, cancel])
    def test_skipped_and_cancelled_work_continues(
        self, user: Client, db: Session, work: Progress, end: Any
    ) -> None:
        end(db, work, "Not now.")
        skip(db, work, "Not again.")
        assert shown(user, db, work)[2] == "Not now."
        set_percentage(db, work, 10)
        assert shown(user, db, work) == ("healthy", 10, None)

    @pytest.mark.parametrize("end", [complete, fail, skip])
    def test_repeated_work_begins_again(
        self, user: Client, db: Session, work: Progress, end: Any
    ) -> None:
        work.created = utc_now() - timedelta(days=1)
        set_percentage(db, work, 60)
        end(db, work)
        begin_again(db, work)
        assert shown(user, db, work) == ("created", 0, None)
        set_percentage(db, work, 50)
        assert read(user, db, work)["eta"] < 60

    def test_unstorable_and_long_texts(self, user: Client, db: Session) -> None:
        work = create_progress(db, "\0" + 300 * "x")
        fail(db, work, "\ud800" + 3000 * "x")
        response = read(user, db, work)
        assert response["description"] == "\N{REPLACEMENT CHARACTER}" + 255 * "x"
        assert response["message"] == "\N{REPLACEMENT CHARACTER}" + 1999 * "x"

    @pytest.mark.parametrize("change", [complete, skip, cancel, fail, begin_again])
    def test_missing_and_deleted_progress_is_ignored(
        self, db: Session, work: Progress, change: Any
    ) -> None:
        change(db, None)
        db.commit()
        db.expire_all()
        db.execute(delete(Progress), execution_options={"synchronize_session": False})
        change(db, work)
        db.commit()


class TestSteps:
    def test_percentage_is_the_share_of_steps_that_are_over(
        self, user: Client, db: Session, work: Progress, steps: list[Progress]
    ) -> None:
        set_percentage(db, steps[0], 80)
        assert shown(user, db, work) == ("healthy", 0, None)
        complete(db, steps[0])
        assert shown(user, db, work) == ("healthy", 33, None)
        skip(db, steps[1])
        assert shown(user, db, work) == ("healthy", 66, None)
        cancel(db, steps[2])
        assert shown(user, db, work) == ("completed", 100, None)
        assert [step["status"] for step in read(user, db, work)["steps"]] == [
            "completed",
            "skipped",
            "cancelled",
        ]

    def test_failed_step_makes_the_work_fail(
        self, user: Client, db: Session, work: Progress, steps: list[Progress]
    ) -> None:
        complete(db, steps[0])
        fail(db, steps[1], "No animals.")
        assert shown(user, db, work) == ("failed", 0, "Step 2: No animals.")
        complete(db, steps[2])
        assert shown(user, db, work) == ("failed", 0, "Step 2: No animals.")

    def test_failure_without_a_reason_names_the_step(
        self, user: Client, db: Session, work: Progress, steps: list[Progress]
    ) -> None:
        fail(db, steps[0])
        assert shown(user, db, work)[2] == "Step 1: failed"

    def test_all_parents_are_updated(
        self, user: Client, db: Session, work: Progress, steps: list[Progress]
    ) -> None:
        inner = create_progress(db, "Annotation", steps[2])
        complete(db, steps[0])
        complete(db, steps[1])
        complete(db, inner)
        assert shown(user, db, steps[2]) == ("completed", 100, None)
        assert shown(user, db, work) == ("completed", 100, None)
        assert "steps" not in read(user, db, work)["steps"][2]

    def test_repeated_step_resets_the_failure(
        self, user: Client, db: Session, work: Progress, steps: list[Progress]
    ) -> None:
        complete(db, steps[0])
        fail(db, steps[1])
        begin_again(db, steps[1])
        assert shown(user, db, work) == ("healthy", 33, None)
        complete(db, steps[1])
        complete(db, steps[2])
        assert shown(user, db, work) == ("completed", 100, None)

    def test_steps_are_deleted_with_the_work(
        self, user: Client, db: Session, work: Progress, steps: list[Progress]
    ) -> None:
        db.commit()
        db.delete(work)
        db.commit()
        assert user.get(f"/api/v1/progress/{steps[0].guid}").status_int == 404

    def test_cycle_in_the_database(
        self, user: Client, db: Session, work: Progress, steps: list[Progress]
    ) -> None:
        work.parent_guid = steps[0].guid
        db.commit()
        complete(db, steps[1])
        assert shown(user, db, work) == ("healthy", 33, None)
