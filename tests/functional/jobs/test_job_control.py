"""Analysis jobs and background jobs: lists, details, cancellation and retries."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pyramid.router import Router
from sqlalchemy import literal, select
from sqlalchemy.orm import Session as BaseSession

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.jobs import Declaration, Job, Jobs, JobState
from houston.core.services import services_of
from houston.modules.jobs.analysis import JobDetails, JobSource, JobSources
from houston.modules.jobs.models import Progress
from tests.clients_of_roles import Client
from tests.factories.jobs import JobFactory, ProgressFactory
from tests.parts import replaced

JOBS = "/api/v1/job-control"
BACKGROUND = f"{JOBS}/background"


class TestAnalysisJobs:
    @pytest.fixture
    def sources(self, app: Router, monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
        """Add two sources of progress rows; return the guids whose details are loaded."""
        requested: list[UUID] = []

        def details(db: BaseSession, guids: Sequence[UUID]) -> Mapping[UUID, JobDetails]:
            requested.extend(guids)
            return {guid: JobDetails(model="whales", response={"n": 1}) for guid in guids[:1]}

        def source(type: str, active: bool) -> JobSource:
            statement = select(
                Progress.guid.label("object_guid"),
                Progress.analysis_guid.label("job_id"),
                Progress.created.label("start"),
                literal(active).label("active"),
            )
            return JobSource(type, statement.where(Progress.description == type), details)

        sources = [source("AssetGroupSighting", True), source("Sighting", False)]
        with replaced(app, JobSources(sources)):
            yield requested

    def test_list_is_empty_without_sources(self, user: Client, app: Router) -> None:
        with replaced(app, JobSources()):
            response = user.get(JOBS)
        assert response.json == []
        assert response.headers["X-Total-Count"] == "0"

    def test_sources_are_merged(self, user: Client, sources: Any) -> None:
        now = utc_now()
        rows = [
            ProgressFactory(
                description=("AssetGroupSighting", "Sighting")[number % 2],
                analysis_guid=uuid4(),
                created=now + timedelta(seconds=number),
            )
            for number in range(5)
        ]
        response = user.get(f"{JOBS}?sort=start&limit=3&offset=1")
        assert response.headers["X-Total-Count"] == "5"
        assert [job["object_guid"] for job in response.json] == [str(row.guid) for row in rows[1:4]]
        first = response.json[0]
        assert first.pop("start") == rows[1].created.isoformat()
        assert first == {
            "object_guid": str(rows[1].guid),
            "job_id": str(rows[1].analysis_guid),
            "type": "Sighting",
            "active": False,
        }
        pages = [user.get(f"{JOBS}?limit=2&offset={offset}").json for offset in (0, 2, 4)]
        assert len({job["job_id"] for page in pages for job in page}) == 5

    def test_debugging_shows_the_details(
        self, user: Client, admin: Client, sources: list[UUID], statements: list[str]
    ) -> None:
        rows = [ProgressFactory(description="Sighting", analysis_guid=uuid4()) for _ in range(2)]
        assert user.get(f"{JOBS}/debug").status_int == 403
        jobs = admin.get(f"{JOBS}/debug").json
        assert {job["object_guid"] for job in jobs} == {str(row.guid) for row in rows}
        assert [(job["model"], job["response"]) for job in jobs] == [
            ("whales", {"n": 1}),
            (None, None),
        ]
        assert set(sources) == {row.analysis_guid for row in rows}

    @pytest.mark.parametrize("address", [JOBS, f"{JOBS}/debug"])
    def test_number_of_statements_does_not_grow(
        self, admin: Client, sources: Any, statements: list[str], address: str
    ) -> None:
        def count() -> int:
            ProgressFactory(description="Sighting", analysis_guid=uuid4())
            statements.clear()
            assert admin.get(address).json
            return len(statements)

        assert count() == count()

    @pytest.mark.parametrize("query", ["limit=0", "limit=101", "offset=-1"])
    def test_invalid_paging(self, user: Client, query: str) -> None:
        assert user.get(f"{JOBS}?{query}").status_int == 422


class TestBackgroundJobs:
    def test_list_has_no_arguments(self, admin: Client, user: Client) -> None:
        owner = uuid4()
        job = JobFactory(arguments={"code": "swordfish"}, owner_guid=owner, error="no route")
        response = admin.get(BACKGROUND)
        assert response.headers["X-Total-Count"] == "1"
        assert "swordfish" not in response.text
        (listed,) = response.json
        assert listed == admin.get(f"{BACKGROUND}/{job.guid}").json
        assert set(listed) == {
            *("guid", "name", "state", "attempts", "max_attempts", "progress", "error"),
            *("owner_guid", "run_after", "created", "updated", "started", "finished"),
        }
        assert (listed["name"], listed["state"]) == ("mail.send", "pending")
        assert (listed["owner_guid"], listed["error"]) == (str(owner), "no route")
        assert user.get(BACKGROUND).status_int == 403

    def test_of_one_state_and_name(self, admin: Client) -> None:
        JobFactory(name="mail.send", state=JobState.FAILED)
        JobFactory(name="uploads.delete_expired", state=JobState.FAILED)
        JobFactory(name="mail.send")
        assert len(admin.get(f"{BACKGROUND}?state=failed").json) == 2
        (found,) = admin.get(f"{BACKGROUND}?state=failed&search=MAIL").json
        assert (found["name"], found["state"]) == ("mail.send", "failed")
        assert admin.get(f"{BACKGROUND}?state=lost").status_int == 422
        newest = admin.get(f"{BACKGROUND}?sort=created&reverse=true&limit=1").json
        assert newest[0]["state"] == "pending"

    def test_number_of_statements_does_not_grow(self, admin: Client, statements: list[str]) -> None:
        def count() -> int:
            JobFactory()
            statements.clear()
            assert admin.get(BACKGROUND).json
            return len(statements)

        assert count() == count()

    def test_cancellation(self, admin: Client, user: Client, db: Session) -> None:
        job = f"{BACKGROUND}/{JobFactory().guid}"
        assert user.post(f"{job}/cancel").status_int == 403
        assert admin.post(f"{job}/cancel").json["state"] == "cancelled"
        again = admin.post(f"{job}/cancel")
        assert again.status_int == 409
        assert again.json["message"].startswith("The job is over")
        assert [row.state for row in db.scalars(select(Job))] == [JobState.CANCELLED]

    def test_retry(self, admin: Client, app: Router, monkeypatch: pytest.MonkeyPatch) -> None:
        called: list[Any] = []
        declared = services_of(app)[Jobs].declared
        plain = Declaration("plain", lambda context, **arguments: called.append(arguments))
        monkeypatch.setitem(declared, "plain", plain)
        guid = JobFactory(name="plain", state=JobState.FAILED, arguments={"a": 1}).guid
        response = admin.post(f"{BACKGROUND}/{guid}/retry")
        assert response.json["state"] == "pending"
        assert called == [{"a": 1}]
        assert admin.get(f"{BACKGROUND}/{guid}").json["state"] == "done"

    @pytest.mark.parametrize(
        ("name", "state"), [("plain", JobState.DONE), ("mail.send", JobState.FAILED)]
    )
    def test_refused_retry(self, admin: Client, name: str, state: JobState) -> None:
        guid = JobFactory(name=name, state=state).guid
        response = admin.post(f"{BACKGROUND}/{guid}/retry")
        assert response.status_int == 409
        assert admin.get(f"{BACKGROUND}/{guid}").json["state"] == state.value

    def test_unknown_job(self, admin: Client) -> None:
        assert admin.get(f"{BACKGROUND}/{uuid4()}").status_int == 404
        for address in (f"{uuid4()}/cancel", "x/retry"):
            assert admin.post(f"{BACKGROUND}/{address}").status_int == 404
