"""Failures of Sage raise Unreachable if a retry may succeed, and Refused otherwise."""

import logging
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from houston.core.settings import SettingsError
from houston.modules.image_analysis.catalogue import Catalogue
from houston.modules.image_analysis.interface import (
    AnalysisError,
    Candidate,
    IdentificationResult,
    Pending,
    Refused,
    Unreachable,
)
from houston.modules.image_analysis.sage import Connection, Sage, connection, make_sage
from tests.live import free_port
from tests.stand_ins.sage import Failure, StandInSage, animal
from tests.unit.image_analysis.support import CALLBACK, box_in, request_about, send

Json = dict[str, Any]
Spoil = Callable[[Json], None]

REPEATED: dict[str, Callable[[Sage], Any]] = {
    "add_image": send,
    "missing_images": lambda analyst: analyst.missing_images([uuid4()]),
    "add_annotations": lambda analyst: analyst.add_annotations([box_in(uuid4())]),
    "missing_annotations": lambda analyst: analyst.missing_annotations([uuid4()]),
    "detection_result": lambda analyst: analyst.detection_result(uuid4(), []),
    "identification_result": lambda analyst: analyst.identification_result(uuid4(), uuid4()),
    "heatmap": lambda analyst: analyst.heatmap("x", uuid4(), uuid4()),
}
ONCE: dict[str, Callable[[Sage], Any]] = {
    "detect": lambda analyst: analyst.detect(uuid4(), "seals_v1", [uuid4()], CALLBACK),
    "identify": lambda analyst: analyst.identify(
        uuid4(), request_about(uuid4(), Candidate(uuid4()))
    ),
    "jobs": lambda analyst: analyst.jobs(),
}
ALL = {**REPEATED, **ONCE}


def of_the_result(change: Spoil) -> Spoil:
    return lambda answer: change(answer["json_result"])


def of_an_animal(**values: Any) -> Spoil:
    return of_the_result(lambda result: result["results_list"][0][0].update(values))


@pytest.fixture
def short_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TIMEOUT", "BRIEF_TIMEOUT"):
        monkeypatch.setattr(connection, name, httpx.Timeout(0.2))


@pytest.mark.parametrize("name", REPEATED)
@pytest.mark.parametrize("failure", [Failure.ERROR, Failure.BUSY, Failure.DROP])
def test_idempotent_requests_are_repeated(
    analyst: Sage, sage: StandInSage, name: str, failure: Failure
) -> None:
    sage.fail_next(3, failure)
    with pytest.raises(Unreachable):
        REPEATED[name](analyst)
    assert len(sage.calls) == 3


@pytest.mark.parametrize("name", ONCE)
@pytest.mark.parametrize("failure", [Failure.ERROR, Failure.BUSY, Failure.DROP])
def test_other_requests_are_sent_once(
    analyst: Sage, sage: StandInSage, name: str, failure: Failure
) -> None:
    sage.fail_next(1, failure)
    with pytest.raises(Unreachable):
        ONCE[name](analyst)
    assert len(sage.calls) == 1


def test_repeated_request_succeeds(analyst: Sage, sage: StandInSage) -> None:
    sage.fail_next(2, Failure.BUSY)
    assert str(send(analyst)) in sage.images


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("failure", [Failure.REFUSAL, Failure.GARBAGE, Failure.UNAUTHORIZED])
def test_other_answers_are_refusals(
    analyst: Sage, sage: StandInSage, name: str, failure: Failure
) -> None:
    sage.fail_next(3, failure)
    with pytest.raises(Refused):
        ALL[name](analyst)
    assert len(sage.calls) == 1


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (Failure.ERROR, "The image analysis answers with status 500: CUDA out of memory"),
        (Failure.BUSY, "The image analysis answers with status 503."),
        (Failure.REFUSAL, "The image analysis refuses: there is no such image"),
        (Failure.DROP, "The image analysis does not answer."),
        (Failure.GARBAGE, "The answer of the image analysis is not valid: it is not JSON."),
    ],
)
def test_message_names_the_failure(
    analyst: Sage, sage: StandInSage, failure: Failure, sentence: str
) -> None:
    sage.fail_next(1, failure)
    with pytest.raises(AnalysisError) as caught:
        analyst.jobs()
    assert str(caught.value) == sentence


@pytest.mark.usefixtures("short_timeouts")
def test_requests_time_out(sage: StandInSage, catalogue: Catalogue) -> None:
    analyst = Sage(Connection(sage.url, pauses=()), catalogue)
    for ask in (send, ONCE["jobs"]):
        sage.fail_next(1, Failure.SILENCE)
        with pytest.raises(Unreachable):
            ask(analyst)
    analyst.close()


def test_closed_port(catalogue: Catalogue) -> None:
    analyst = Sage(Connection(f"http://127.0.0.1:{free_port()}", pauses=(0,)), catalogue)
    for name in ALL:
        with pytest.raises(Unreachable, match="does not answer"):
            ALL[name](analyst)
    assert analyst.version() is None
    analyst.close()


def test_size_of_responses_is_bounded(
    analyst: Sage, sage: StandInSage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "LARGEST_ANSWER", 1000)
    sage.heatmap += b"x" * 1000
    with pytest.raises(Refused, match="too large"):
        analyst.heatmap("x", uuid4(), uuid4())


def test_duration_of_responses_is_bounded(analyst: Sage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "LONGEST_ANSWER_SECONDS", -1)
    with pytest.raises(Unreachable, match="too long"):
        analyst.jobs()


class TestSigningIn:
    @pytest.fixture
    def known(self, sage: StandInSage, catalogue: Catalogue) -> Iterator[Sage]:
        """Return an analyst with credentials, for a Sage that requires them."""
        sage.credentials = ("houston", "p@ss/word")
        url = sage.url.replace("://", "://houston:p%40ss%2Fword@")
        analyst = Sage(Connection(url, pauses=()), catalogue)
        yield analyst
        analyst.close()

    def test_credentials_are_sent(self, known: Sage, sage: StandInSage) -> None:
        assert str(send(known)) in sage.images

    def test_sign_in_is_repeated_once(self, known: Sage, sage: StandInSage) -> None:
        sage.fail_next(1, Failure.UNAUTHORIZED)
        assert known.jobs() == {}
        assert len(sage.calls) == 2

    def test_wrong_credentials_are_refused(self, known: Sage, sage: StandInSage) -> None:
        sage.credentials = ("houston", "another")
        with pytest.raises(Refused, match="status 401"):
            known.jobs()
        assert len(sage.calls) == 2

    def test_credentials_are_not_part_of_messages(
        self, known: Sage, sage: StandInSage, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        known.jobs()
        for failure in (Failure.ERROR, Failure.DROP, Failure.UNAUTHORIZED):
            sage.fail_next(2, failure)
            with pytest.raises(AnalysisError) as caught:
                known.jobs()
            assert "p@ss" not in repr(caught.value)
        assert known.address == sage.url
        assert caplog.text
        for secret in ("p@ss", "p%40ss", "cEBzcy93b3Jk"):
            assert secret not in caplog.text


class TestDetectionResults:
    @pytest.mark.parametrize(
        "spoil",
        [
            lambda answer: answer.update(jobid=str(uuid4())),
            lambda answer: answer.update(jobid=None),
            lambda answer: answer.update(json_result=None),
            of_the_result(lambda result: result["results_list"].pop()),
            of_the_result(lambda result: result["results_list"].append([])),
            of_the_result(lambda result: result.update(results_list=None)),
            of_the_result(lambda result: result.update(results_list=[5])),
            of_the_result(lambda result: result["image_uuid_list"].pop()),
            of_the_result(lambda result: result.update(image_uuid_list=[str(uuid4())])),
            of_the_result(lambda result: result["results_list"][0].append("zebra")),
            of_an_animal(**{"class": None}),
            of_an_animal(**{"class": ""}),
            of_an_animal(**{"class": "x" * 256}),
            of_an_animal(**{"class": "ze\0bra"}),
            of_an_animal(uuid="zebra"),
            of_an_animal(uuid=5),
            of_an_animal(xtl="1"),
            of_an_animal(ytl=True),
            of_an_animal(width=None),
            of_an_animal(height=float("nan")),
            of_an_animal(width=10**9),
            of_an_animal(width=10**400),
            of_an_animal(theta=10**6),
        ],
    )
    def test_invalid_result_is_refused(
        self, analyst: Sage, sage: StandInSage, spoil: Spoil
    ) -> None:
        sage.animals = lambda _picture: [animal()]
        sage.edit_result = spoil
        job, image = uuid4(), send(analyst)
        analyst.detect(job, "african_terrestrial", [image], CALLBACK)
        with pytest.raises(Refused, match="is not valid"):
            analyst.detection_result(job, [image])

    @pytest.mark.parametrize("outcome", ["exception", "suppressed", "corrupted", "on strike"])
    def test_job_that_failed(self, analyst: Sage, sage: StandInSage, outcome: str) -> None:
        sage.outcome = outcome
        job, image = uuid4(), send(analyst)
        analyst.detect(job, "african_terrestrial", [image], CALLBACK)
        with pytest.raises(Refused, match=f"ended as {outcome}"):
            analyst.detection_result(job, [image])

    def test_unknown_job(self, analyst: Sage) -> None:
        with pytest.raises(Refused, match="ended as unknown"):
            analyst.detection_result(uuid4(), [])

    @pytest.mark.parametrize("status", ["received", "accepted", "queued", "working", "publishing"])
    def test_running_job(self, analyst: Sage, sage: StandInSage, status: str) -> None:
        sage.edit_result = lambda answer: answer.update(status=status)
        assert analyst.detection_result(uuid4(), []) == Pending(status)


class TestIdentificationResults:
    @pytest.mark.parametrize(
        "spoil",
        [
            lambda answer: answer.update(jobid=str(uuid4())),
            of_the_result(lambda result: result.update(query_annot_uuid_list=[])),
            of_the_result(lambda result: result.update(query_annot_uuid_list=[str(uuid4())])),
            of_the_result(lambda result: result["query_annot_uuid_list"].append(str(uuid4()))),
            of_the_result(lambda result: result.pop("summary_annot")),
            of_the_result(lambda result: result.update(summary_name=["x"])),
            of_the_result(lambda result: result["summary_name"][0].update(duuid="x")),
        ],
    )
    def test_invalid_result_is_refused(
        self, analyst: Sage, sage: StandInSage, spoil: Spoil
    ) -> None:
        sage.edit_result = spoil
        job, query = uuid4(), uuid4()
        analyst.identify(job, request_about(query, Candidate(uuid4())))
        with pytest.raises(Refused, match="is not valid"):
            analyst.identification_result(job, query)


def test_guid_of_another_job_is_refused(
    analyst: Sage, sage: StandInSage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sage, "answer", lambda _call: str(uuid4()))
    for name in ("detect", "identify"):
        with pytest.raises(Refused, match="another job"):
            ONCE[name](analyst)


def test_first_invalid_field_is_named(analyst: Sage, sage: StandInSage) -> None:
    sage.animals = lambda _image: [animal(width="wide", height=10**9)]
    job, image = uuid4(), send(analyst)
    analyst.detect(job, "african_terrestrial", [image], CALLBACK)
    with pytest.raises(Refused) as caught:
        analyst.detection_result(job, [image])
    assert str(caught.value) == (
        "The answer of the image analysis is not valid: "
        "json_result.results_list.0.0.width: Not a valid number."
    )


def test_result_without_matches_has_no_reference(analyst: Sage, sage: StandInSage) -> None:
    sage.edit_result = of_the_result(lambda result: result.update(cm_dict=None))
    job, query = uuid4(), uuid4()
    analyst.identify(job, request_about(query, Candidate(uuid4())))
    result = analyst.identification_result(job, query)
    assert isinstance(result, IdentificationResult)
    assert result.extern_reference is None


@pytest.mark.parametrize("answer", [b"", b"5", b"{}", b'{"status": 5}', b"[" * 100_000])
def test_response_in_another_format_is_refused(
    analyst: Sage, sage: StandInSage, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    monkeypatch.setattr(sage, "answer", lambda _call: answer)
    with pytest.raises(Refused, match="is not valid"):
        analyst.jobs()


def test_response_without_success_is_refused(
    analyst: Sage, sage: StandInSage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for answer in (b'{"status": {}, "response": {}}', b'{"status": {"success": true}}'):
        monkeypatch.setattr(sage, "answer", lambda _call, answer=answer: answer)
        with pytest.raises(Refused, match=r"refuses\.$"):
            analyst.jobs()


def test_fewer_guids_than_annotations_are_refused(
    analyst: Sage, sage: StandInSage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sage, "answer", lambda _call: [])
    with pytest.raises(Refused, match="a list has 0 items instead of 1"):
        REPEATED["add_annotations"](analyst)


@pytest.mark.parametrize(
    "payload",
    [
        "text",
        ["text"],
        {"json_result": None},
        {"json_result": ["x"]},
        {"json_result": {str(UUID(int=1)): "x", "\ud800": {}}},
    ],
)
def test_members_that_are_not_jobs_are_omitted(
    analyst: Sage, sage: StandInSage, monkeypatch: pytest.MonkeyPatch, payload: Any
) -> None:
    monkeypatch.setattr(sage, "answer", lambda _call: payload)
    assert analyst.jobs() == {}


def test_invalid_values_of_a_job_are_omitted(
    analyst: Sage, sage: StandInSage, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = {"status": 5, "endpoint": "\ud800", "jobcounter": 10**30, "time_runtime_sec": 10**400}
    monkeypatch.setattr(sage, "answer", lambda _call: {"json_result": {"a": odd}})
    assert set(analyst.jobs()["a"].values()) == {None}


@pytest.mark.parametrize(
    "url", ["sage+http://", "sage+http:", "sage+https://h:x", "sage+http://u:secret@h/?q=1"]
)
def test_address_must_name_a_host(url: str, catalogue: Catalogue) -> None:
    with pytest.raises(SettingsError, match=r"houston\.image_analysis\.url must be") as caught:
        make_sage(url, catalogue)
    assert "secret" not in str(caught.value)
