"""The comparison of committed sightings, with a stand-in for the image analysis."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.jobs import Job
from houston.modules.annotations.models import Annotation
from houston.modules.assets.models import Asset
from houston.modules.identification.models import IdentificationJob, IdentificationScore
from houston.modules.sightings.models import Encounter, Sighting, SightingStage
from tests.clients_of_roles import Client
from tests.factories.annotations import AnnotationFactory
from tests.factories.individuals import IndividualFactory, NameFactory
from tests.functional.asset_groups.reports import REGION
from tests.functional.identification.sightings import (
    ALGORITHM,
    ANNOTATIONS,
    CONFIG,
    SIGHTINGS,
    annotation_of,
    call_back,
    commit,
    let_time_pass,
    poll,
    read,
    result,
)
from tests.stand_ins.sage import Failure, StandInSage

QUERIES = "engine/query/graph/"


def count(db: Session, model: Any) -> int:
    return db.scalar(select(func.count()).select_from(model)) or 0


def name(db: Session, sighting: dict[str, Any], value: str) -> str:
    """Give the animal of a sighting an individual with a first name; return its guid."""
    individual = IndividualFactory()
    NameFactory(individual=individual, value=value)
    encounter = db.get_one(Encounter, UUID(sighting["encounters"][0]["guid"]))
    encounter.individual_guid = individual.guid
    db.commit()
    return str(individual.guid)


def test_scores_are_shown(
    db: Session, researcher: Client, colleague: Client, machine: Client, sage: StandInSage
) -> None:
    known = commit(colleague, "left", color="red")
    zoe = name(db, known, "Zoe")
    shown = commit(researcher, "frontleft")
    assert shown["stage"] == "identification"
    assert shown["progress_identification"]["status"] == "healthy"
    assert shown["unreviewed_start_time"] is None
    (job,) = shown["jobs"]
    assert (job["algorithm"], job["active"], job["success"]) == (ALGORITHM, True, None)
    assert job["annotation"] == annotation_of(shown)
    (query,) = result(researcher, shown)["query_annotations"]
    assert (query["status"], query["algorithms"]) == ("pending", {})

    (sent,) = sage.calls_to(QUERIES)
    assert sent.body["query_annot_name_list"] == ["____"]
    assert sent.body["database_annot_name_list"] == [zoe]
    assert len(sage.annotations) == 2
    address = f"{SIGHTINGS}/{shown['guid']}/sage_identified/{job['job_id']}"
    assert sent.body["callback_url"].endswith(address)

    for _ in range(2):
        call_back(machine, sage)
    shown = read(researcher, shown)
    assert shown["stage"] == "un_reviewed"
    assert shown["unreviewed_start_time"]
    assert shown["pipeline_status"]["identification"]["complete"] is True
    assert (shown["jobs"][0]["active"], shown["jobs"][0]["success"]) == (False, True)

    results = result(researcher, shown)
    candidate = annotation_of(known)
    (query,) = results["query_annotations"]
    assert query["guid"] == annotation_of(shown)
    assert (query["status"], query["failure_reason"]) == ("complete", None)
    assert query["individual_guid"] is None
    (scored,) = query["algorithms"][ALGORITHM]["scores_by_individual"]
    assert (scored["guid"], scored["score"]) == (candidate, 1.5)
    assert len(scored["id_finish_time"]) == len("2026-01-02 03:04:05")
    assert [each["guid"] for each in query["algorithms"][ALGORITHM]["scores_by_annotation"]] == [
        candidate
    ]
    data = results["annotation_data"]
    assert data.keys() == {candidate, query["guid"]}
    assert data[candidate] | {"asset_src": "", "image_url": ""} == {
        "guid": candidate,
        "ia_class": "zebra",
        "viewpoint": "left",
        "bounds": {"rect": [10, 0, 30, 20], "theta": 0.0},
        "asset_src": "",
        "asset_filename": "0.jpg",
        "asset_dimensions": {"width": 64, "height": 48},
        "image_url": "",
        "encounter_guid": known["encounters"][0]["guid"],
        "encounter_location": REGION,
        "individual_guid": zoe,
        "individual_first_name": "Zoe",
        "sighting_guid": known["guid"],
        "sighting_time": known["time"],
        "sighting_time_specificity": "time",
    }
    individual = results["individual_data"][zoe]
    assert [each["value"] for each in individual["names"]] == ["Zoe"]
    assert individual["last_seen"] == "2023-05-04T03:30:00+00:00"
    image = data[candidate]["image_url"]
    assert researcher.get(image[image.index("/api/") :]).content_type == "image/jpeg"


def test_several_algorithms_and_annotations(
    researcher: Client, colleague: Client, machine: Client, sage: StandInSage
) -> None:
    commit(colleague, "left", "right", color="red")
    sage.score = lambda query, candidate: 3.0 if query < candidate else 2.0
    shown = commit(researcher, "left", "right", configs=[{"algorithms": [ALGORITHM] * 2}])
    assert len(sage.calls_to(QUERIES)) == 2
    assert len(shown["progress_identification"]["steps"]) == 2
    call_back(machine, sage)
    queries = result(researcher, shown)["query_annotations"]
    assert [query["status"] for query in queries] == ["complete", "complete"]


class TestNothingToDo:
    def test_without_an_image_analysis(self, researcher: Client, colleague: Client) -> None:
        commit(colleague, "left")
        shown = commit(researcher, "left")
        reason = "No image analysis is configured on this server."
        assert (shown["stage"], shown["jobs"]) == ("un_reviewed", [])
        assert shown["pipeline_status"]["identification"]["message"] == reason
        (query,) = result(researcher, shown)["query_annotations"]
        assert (query["status"], query["failure_reason"]) == ("not_run", reason)
        response = researcher.post_json(f"{SIGHTINGS}/{shown['guid']}/rerun_id", [CONFIG])
        assert (response.status_int, response.json["stage"]) == (200, "un_reviewed")
        address = f"{ANNOTATIONS}/identify/{annotation_of(shown)}"
        assert researcher.post_json(address, None).json == {"job_count": 0}

    def test_without_configuration(self, researcher: Client, sage: StandInSage) -> None:
        shown = commit(researcher, "left", configs=[])
        assert shown["stage"] == "un_reviewed"
        (query,) = result(researcher, shown)["query_annotations"]
        assert query["failure_reason"] == "No identification is configured for this sighting."

    def test_without_annotations(self, researcher: Client, sage: StandInSage) -> None:
        shown = commit(researcher)
        assert result(researcher, shown)["query_annotations"] == []
        assert shown["stage"] == "un_reviewed"
        message = shown["progress_identification"]["message"]
        assert message == "The sighting has no annotations to compare."

    def test_with_an_empty_matching_set(self, researcher: Client, sage: StandInSage) -> None:
        shown = commit(researcher, "left")
        assert shown["stage"] == "un_reviewed"
        assert sage.calls == []
        assert shown["pipeline_status"]["identification"]["skipped"] is True
        (query,) = result(researcher, shown)["query_annotations"]
        reason = "There is nothing to compare the annotation with."
        assert (query["status"], query["failure_reason"]) == ("failed", reason)

    def test_with_equal_pictures_only(
        self, researcher: Client, colleague: Client, sage: StandInSage
    ) -> None:
        commit(colleague, "left")
        shown = commit(researcher, "left")
        assert shown["stage"] == "un_reviewed"
        assert sage.calls_to(QUERIES) == []


class TestFailures:
    @pytest.fixture(autouse=True)
    def _known(self, colleague: Client, sage: StandInSage) -> None:
        commit(colleague, "left", color="red")

    def test_of_the_job(self, researcher: Client, machine: Client, sage: StandInSage) -> None:
        sage.outcome = "exception"
        shown = commit(researcher, "left")
        call_back(machine, sage)
        shown = read(researcher, shown)
        assert shown["stage"] == "un_reviewed"
        assert shown["pipeline_status"]["identification"]["failed"] is True
        (query,) = result(researcher, shown)["query_annotations"]
        assert (query["status"], query["algorithms"]) == ("failed", {})
        assert query["failure_reason"] == "The job of the image analysis ended as exception."

    def test_refusal_is_not_repeated(self, researcher: Client, sage: StandInSage) -> None:
        sage.fail_next(100, Failure.REFUSAL, "engine/")
        shown = commit(researcher, "left")
        assert shown["stage"] == "un_reviewed"
        assert shown["jobs"][0]["failure_reason"].startswith("The image analysis refuses")
        assert len(sage.calls_to("engine/")) == 1

    def test_unavailable_service_is_retried(
        self, db: Session, researcher: Client, machine: Client, sage: StandInSage
    ) -> None:
        sage.fail_next(2, Failure.BUSY, "engine/")
        shown = commit(researcher, "left")
        poll(db)
        assert read(researcher, shown)["stage"] == "identification", "it is not accepted yet"
        sage.forget()
        let_time_pass(db)
        assert len({call.body["jobid"] for call in sage.calls_to("engine/")}) == 3
        assert len(sage.annotations) == 2, "what the image analysis has lost is sent again"
        call_back(machine, sage)
        (query,) = result(researcher, shown)["query_annotations"]
        assert query["status"] == "complete"
        assert db.scalars(select(IdentificationJob.attempts)).all() == [1, 3]

    def test_last_attempt(self, db: Session, researcher: Client, sage: StandInSage) -> None:
        sage.fail_next(1000, Failure.BUSY, "engine/")
        shown = commit(researcher, "left")
        let_time_pass(db)
        shown = read(researcher, shown)
        assert shown["stage"] == "un_reviewed"
        assert shown["progress_identification"]["failed"] is True
        assert shown["jobs"][0]["failure_reason"].startswith("The image analysis")
        attempts = select(Job.attempts).where(Job.name == "identification.send")
        assert sorted(db.scalars(attempts).all()) == [1, 10]

    def test_no_answer(self, db: Session, researcher: Client, sage: StandInSage) -> None:
        sage.holding = True
        shown = commit(researcher, "left")
        active = db.scalars(select(IdentificationJob).where(IdentificationJob.active)).one()
        active.started = utc_now() - timedelta(days=1)
        db.commit()
        poll(db)
        shown = read(researcher, shown)
        assert shown["stage"] == "un_reviewed"
        assert "No answer came" in shown["jobs"][0]["failure_reason"]

    def test_query_that_is_not_valid(self, researcher: Client, sage: StandInSage) -> None:
        shown = commit(researcher, "left", configs=[{**CONFIG, "matching_set": {"fuzzy": {}}}])
        assert shown["stage"] == "un_reviewed"
        assert shown["jobs"][0]["failure_reason"].startswith("There is no clause `fuzzy`")


class TestLostCallbacks:
    def test_answers_are_collected(
        self, db: Session, researcher: Client, colleague: Client, sage: StandInSage
    ) -> None:
        commit(colleague, "left", color="red")
        sage.holding = True
        shown = commit(researcher, "left")
        poll(db)
        assert read(researcher, shown)["stage"] == "identification"
        sage.finish()
        poll(db)
        assert read(researcher, shown)["stage"] == "un_reviewed"
        (query,) = result(researcher, shown)["query_annotations"]
        assert query["status"] == "complete"

    def test_sighting_whose_annotation_was_deleted_is_not_stuck(
        self, db: Session, researcher: Client, colleague: Client, sage: StandInSage
    ) -> None:
        commit(colleague, "left", color="red")
        sage.holding = True
        shown = commit(researcher, "left")
        assert researcher.delete(f"{ANNOTATIONS}/{annotation_of(shown)}").status_int == 204
        assert read(researcher, shown)["jobs"] == []
        poll(db)
        shown = read(researcher, shown)
        assert shown["stage"] == "un_reviewed"
        assert shown["pipeline_status"]["identification"]["skipped"] is True

    def test_callback_of_another_sighting_is_not_found(
        self, researcher: Client, colleague: Client, machine: Client, sage: StandInSage
    ) -> None:
        known = commit(colleague, "left", color="red")
        (job,) = commit(researcher, "left")["jobs"]
        address = f"{SIGHTINGS}/{known['guid']}/sage_identified/{job['job_id']}"
        assert machine.post(address).status_int == 404


class TestRerun:
    def test_replaces_configuration_and_results(
        self, researcher: Client, colleague: Client, machine: Client, sage: StandInSage
    ) -> None:
        shown = commit(researcher, "left")
        assert shown["stage"] == "un_reviewed"
        known = commit(colleague, "left", color="red")
        query = {"term": {"sighting_guid": known["guid"]}}
        config = {"algorithms": [ALGORITHM], "matching_set": query}
        response = researcher.post_json(f"{SIGHTINGS}/{shown['guid']}/rerun_id", [config])
        assert response.status_int == 200
        assert response.json["idConfigs"] == [config]
        assert response.json["stage"] == "identification"
        assert len(response.json["progress_identification"]["steps"]) == 1
        call_back(machine, sage)
        (compared,) = result(researcher, shown)["query_annotations"]
        (scored,) = compared["algorithms"][ALGORITHM]["scores_by_individual"]
        assert scored["guid"] == annotation_of(known)
        assert read(researcher, shown)["pipeline_status"]["identification"]["complete"] is True

    def test_not_what_is_without_an_answer(
        self, researcher: Client, colleague: Client, sage: StandInSage
    ) -> None:
        commit(colleague, "left", color="red")
        sage.holding = True
        shown = commit(researcher, "left")
        for body in ("", "null", "[]", "{}"):
            response = researcher.post(
                f"{SIGHTINGS}/{shown['guid']}/rerun_id", body, content_type="application/json"
            )
            assert response.status_int == 200, response.json
            assert response.json["idConfigs"] == [CONFIG]
            assert response.json["stage"] == "identification"
            assert len(response.json["jobs"]) == 1
        assert len(sage.calls_to(QUERIES)) == 1

    @pytest.mark.parametrize(
        ("body", "status", "text"),
        [
            ([CONFIG, CONFIG], 422, "Must have 0 to 1 items."),
            ([{"algorithms": []}], 422, "Must have 1 to 100 items."),
            ([{}], 422, "Missing data for required field."),
            ([{"algorithms": ["flukebook"]}], 422, "failed to find flukebook in id_configs"),
            ([{**CONFIG, "matching_set": {"fuzzy": {}}}], 400, "There is no clause `fuzzy`"),
            ("anything", 422, "list"),
        ],
    )
    def test_refusals(
        self, researcher: Client, sage: StandInSage, body: Any, status: int, text: str
    ) -> None:
        shown = commit(researcher, "left")
        response = researcher.post_json(f"{SIGHTINGS}/{shown['guid']}/rerun_id", body)
        assert response.status_int == status
        assert text.casefold() in response.json["message"].casefold()
        assert read(researcher, shown)["idConfigs"] == [CONFIG]

    def test_of_a_sighting_from_another_server(
        self, db: Session, researcher: Client, colleague: Client, sage: StandInSage
    ) -> None:
        commit(colleague, "left", color="red")
        shown = commit(researcher, "left", configs=[])
        row = db.get_one(Sighting, UUID(shown["guid"]))
        row.progress_identification, row.asset_group_sighting = None, None
        row.stage = SightingStage.PROCESSED
        db.commit()
        response = researcher.post_json(f"{SIGHTINGS}/{shown['guid']}/rerun_id", [CONFIG])
        assert response.json["stage"] == "identification"
        assert response.json["progress_identification"]["status"] == "healthy"


class TestOneAnnotation:
    def test_by_a_query_or_a_configuration(
        self, researcher: Client, colleague: Client, machine: Client, sage: StandInSage
    ) -> None:
        known = commit(colleague, "left", color="red")
        shown = commit(researcher, "left", "left", configs=[])
        address = f"{ANNOTATIONS}/identify/{annotation_of(shown)}"
        assert researcher.post_json(address, {}).json == {"job_count": 0}, "no algorithm"
        assert researcher.post_json(address, [{"algorithms": ["x"]}]).status_int == 422
        assert researcher.post_json(address, {"fuzzy": {}}).status_int == 400
        assert researcher.post_json(address, {"term": {"guid": "x" * 100_000}}).status_int == 422
        query = {"term": {"sighting_guid": known["guid"]}}
        config = {"algorithms": [ALGORITHM], "matching_set": query}
        nothing = {**config, "matching_set": {"term": {"viewpoint": "up"}}}
        assert researcher.post_json(address, [nothing]).json == {"job_count": 0}
        for count in (1, 0):
            assert researcher.post_json(address, [config]).json == {"job_count": count}
        assert read(researcher, shown)["stage"] == "identification"
        call_back(machine, sage)
        assert read(researcher, shown)["stage"] == "un_reviewed"
        first, second = result(researcher, shown)["query_annotations"]
        assert (first["status"], second["status"]) == ("complete", "not_run")

    def test_by_the_configuration_of_the_sighting(
        self, researcher: Client, colleague: Client, sage: StandInSage
    ) -> None:
        shown = commit(researcher, "left")
        known = commit(colleague, "left", color="red")
        query = {"term": {"sighting_guid": known["guid"]}}
        address = f"{ANNOTATIONS}/identify/{annotation_of(shown)}"
        assert researcher.post_json(address, query).json == {"job_count": 1}
        assert read(researcher, shown)["jobs"][1]["matching_set"] == (
            f'{{"term":{{"sighting_guid":"{known["guid"]}"}}}}'
        )


def test_deleted_candidates_are_not_shown(
    db: Session, researcher: Client, colleague: Client, machine: Client, sage: StandInSage
) -> None:
    known = commit(colleague, "left", color="red")
    shown = commit(researcher, "left")
    call_back(machine, sage)
    assert count(db, IdentificationScore) == 2
    assert colleague.delete(f"{ANNOTATIONS}/{annotation_of(known)}").status_int == 204
    results = result(researcher, shown)
    (query,) = results["query_annotations"]
    assert query["algorithms"][ALGORITHM] == {
        "scores_by_annotation": [],
        "scores_by_individual": [],
    }
    assert results["annotation_data"].keys() == {query["guid"]}


def test_candidates_without_encounter_have_no_data(
    db: Session, researcher: Client, machine: Client, sage: StandInSage
) -> None:
    shown = commit(researcher, "left", configs=[])
    asset = db.get_one(Asset, UUID(shown["assets"][0]["guid"]))
    candidate = str(AnnotationFactory(asset=asset, content_guid=uuid4()).guid)
    response = researcher.post_json(f"{SIGHTINGS}/{shown['guid']}/rerun_id", [CONFIG])
    assert response.json["stage"] == "identification"
    call_back(machine, sage)
    results = result(researcher, shown)
    (query,) = results["query_annotations"]
    (scored,) = query["algorithms"][ALGORITHM]["scores_by_individual"]
    assert scored["guid"] == candidate
    assert results["annotation_data"].keys() == {query["guid"]}


def test_equal_boxes_are_shown_as_the_one_with_an_encounter(
    db: Session, researcher: Client, colleague: Client, machine: Client, sage: StandInSage
) -> None:
    known = commit(colleague, "left", color="red")
    first = db.get_one(Annotation, UUID(annotation_of(known)))
    first.content_guid = uuid4()
    earlier = first.created - timedelta(hours=1)
    AnnotationFactory(asset=first.asset, content_guid=first.content_guid, created=earlier)
    sage.annotations[str(first.content_guid)] = {}
    shown = commit(researcher, "left")
    call_back(machine, sage)
    (query,) = result(researcher, shown)["query_annotations"]
    (scored,) = query["algorithms"][ALGORITHM]["scores_by_annotation"]
    assert scored["guid"] == annotation_of(known)


def test_best_candidates_are_first(
    researcher: Client, colleague: Client, machine: Client, sage: StandInSage
) -> None:
    commit(colleague, "left", "left", "left", color="red")
    scores = iter((1.0, 3.0, 2.0))
    sage.score = lambda _query, _candidate: next(scores)
    shown = commit(researcher, "left")
    call_back(machine, sage)
    (query,) = result(researcher, shown)["query_annotations"]
    found = query["algorithms"][ALGORITHM]["scores_by_annotation"]
    assert [each["score"] for each in found] == [3.0, 2.0, 1.0]


def test_jobs_are_listed(
    researcher: Client, colleague: Client, machine: Client, sage: StandInSage
) -> None:
    known = commit(colleague, "left", color="red")
    shown = commit(researcher, "left")
    call_back(machine, sage)
    controlled = [
        job
        for job in researcher.get("/api/v1/job-control/").json
        if job["object_guid"] == shown["guid"]
    ]
    assert [(job["type"], job["active"]) for job in controlled] == [("Sighting", False)]
    (job,) = machine.get(f"{SIGHTINGS}/jobs/{shown['guid']}").json
    assert job["result"]["scores_by_individual"] == [{annotation_of(known): 1.5}]
    assert machine.get(f"{ANNOTATIONS}/jobs/{annotation_of(shown)}").json == [job]
    assert machine.get(f"{SIGHTINGS}/debug/{shown['guid']}").json["jobs"] == [job]
    debugged = machine.get("/api/v1/job-control/debug").json
    (found,) = (each for each in debugged if each["job_id"] == job["job_id"])
    assert (found["model"], found["result"]) == (ALGORITHM, job["result"])


def test_number_of_statements_does_not_grow(
    researcher: Client,
    colleague: Client,
    machine: Client,
    sage: StandInSage,
    statements: list[str],
) -> None:
    commit(colleague, "left", "left", "left", color="red")
    counts = []
    for viewpoints in (["left"], ["left"] * 3):
        shown = commit(researcher, *viewpoints)
        call_back(machine, sage)
        for address in ("", "/id_result"):
            statements.clear()
            assert researcher.get(f"{SIGHTINGS}/{shown['guid']}{address}").status_int == 200
            counts.append(len(statements))
    assert counts[:2] == counts[2:]
    assert counts[1] <= 9
