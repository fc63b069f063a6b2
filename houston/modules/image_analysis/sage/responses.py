"""The schemas of Sage's answers. An answer that is not valid raises Refused."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from colander import Invalid, null

from houston.core.schema.nodes import Field, Guid, Json, ListOf, MapOf, Number, String
from houston.core.values import quoted
from houston.modules.image_analysis.interface import (
    Detection,
    DetectionResult,
    IdentificationResult,
    Pending,
    Refused,
    RemoteJob,
    RemoteJobSchema,
    Score,
)
from houston.modules.image_analysis.lenient import NumberOrNone, OpenSchema, TextOrNone, faults_of

UNDER_WAY = frozenset({"received", "accepted", "queued", "working", "publishing"})
UUID_KEY = "__UUID__"

MOST_ITEMS = 10_000
MOST_SCORES = 250_000
MOST_PIXELS = 1_000_000


class SageGuid(Guid):
    """A guid, bare or as `{"__UUID__": "…"}`."""

    def deserialize(self, cstruct: Any = null) -> Any:
        """Return the UUID."""
        return super().deserialize(_member(cstruct, UUID_KEY))


class DetectionSchema(OpenSchema):
    """A detected animal."""

    uuid = SageGuid()
    ia_class = String(1, name="class")
    viewpoint = TextOrNone(max=255)
    xtl = Number(-MOST_PIXELS, MOST_PIXELS)
    ytl = Number(-MOST_PIXELS, MOST_PIXELS)
    width = Number(-MOST_PIXELS, MOST_PIXELS)
    height = Number(-MOST_PIXELS, MOST_PIXELS)
    theta = Number(-1000, 1000, nullable=True, missing=None)


class DetectionResultSchema(OpenSchema):
    """The result of a detection: the animals of each image."""

    image_uuid_list = ListOf(SageGuid(), max_items=MOST_ITEMS)
    results_list = ListOf(ListOf(DetectionSchema()), max_items=MOST_ITEMS)


class ScoreSchema(OpenSchema):
    """A score; minus infinity, which JSON cannot express, is read as None."""

    duuid = SageGuid()
    score = NumberOrNone()


REFERENCE = TextOrNone(name="dannot_extern_reference", pattern="[A-Za-z0-9_-]{1,200}")
"""The reference of the match of a query, which becomes part of a file name."""


class MatchResultSchema(OpenSchema):
    """The result of an identification: scores by annotation and by individual."""

    query_annot_uuid_list = ListOf(SageGuid(), max_items=1)
    summary_annot = ListOf(ScoreSchema(), max_items=MOST_SCORES)
    summary_name = ListOf(ScoreSchema(), max_items=MOST_SCORES)
    cm_dict = MapOf(OpenSchema(REFERENCE), nullable=True, missing=None)


SUCCESS, MESSAGE = Json(name="success", nullable=True, missing=None), TextOrNone(name="message")
ENVELOPE = OpenSchema(OpenSchema(SUCCESS, MESSAGE, name="status"))
GUID = SageGuid()
GUIDS = ListOf(SageGuid(), max_items=MOST_ITEMS)
ROWS = ListOf(Json(nullable=True), max_items=MOST_ITEMS)
TEXT = TextOrNone(max=255)
JOBS = MapOf(RemoteJobSchema(), names=TEXT, max_items=100_000)
JOB = OpenSchema(TextOrNone(max=255, name="status"))
DETECTION = OpenSchema(SageGuid(name="jobid"), DetectionResultSchema(name="json_result"))
IDENTIFICATION = OpenSchema(SageGuid(name="jobid"), MatchResultSchema(name="json_result"))


def read_payload(content: bytes) -> Any:
    """Return the `response` of an answer.

    Raises:
        Refused: The answer is not in the form of Sage, or says that the request failed.
    """
    answer = _parse(content)
    status = load(ENVELOPE, answer)["status"]
    if status["success"] is not True or answer.get("response") is None:
        raise Refused(f"The image analysis refuses{failure_message(content)}")
    return answer["response"]


def failure_message(content: bytes) -> str:
    """Return the end of a sentence, with the message of an answer if it has one."""
    try:
        message = load(ENVELOPE, _parse(content))["status"]["message"]
    except Refused:
        message = None
    return f": {quoted(' '.join(message.split()))}" if message else "."


def load(node: Field, payload: Any) -> Any:
    """Return what a node reads in a payload; Refused names the first field that is not valid."""
    try:
        return node.deserialize(payload)
    except Invalid as invalid:
        raise _invalid(faults_of(invalid)[0].rstrip(".")) from None


def counted(values: list[Any], count: int) -> list[Any]:
    """Return a list of an answer, which must have as many items as were requested."""
    if len(values) != count:
        raise _invalid(f"a list has {len(values)} items instead of {count}")
    return values


def read_version(payload: Any) -> str | None:
    """Return the version of Sage, by itself or in an object; None where there is none."""
    version: str | None = load(TEXT, _member(payload, "version"))
    return version


def read_jobs(payload: Any) -> Mapping[str, RemoteJob]:
    """Return the jobs by guid, without members that are no jobs; any other value has none."""
    found = _member(payload, "json_result")
    members = found.items() if isinstance(found, dict) else ()
    listed = {
        name: job for name, job in members if isinstance(job, dict) and TEXT.deserialize(name)
    }
    jobs: Mapping[str, RemoteJob] = load(JOBS, listed)
    return jobs


def read_image(content: bytes) -> bytes:
    """Return a JPEG or PNG, which is recognised by its first bytes."""
    if not content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        raise _invalid("it is not an image")
    return content


def read_detection(payload: Any, job: UUID, images: Sequence[UUID]) -> DetectionResult | Pending:
    """Return the result of a detection in exactly these images."""
    result = _result(DETECTION, payload, job)
    if isinstance(result, Pending):
        return result
    answered = counted(result["image_uuid_list"], len(images))
    if set(answered) != set(images):
        raise _invalid("it is about other images")
    animals = counted(result["results_list"], len(images))
    by_image = zip(answered, animals, strict=True)
    return DetectionResult({image: list(map(_detection, found)) for image, found in by_image})


def read_identification(payload: Any, job: UUID, query: UUID) -> IdentificationResult | Pending:
    """Return the result of an identification of exactly this annotation."""
    result = _result(IDENTIFICATION, payload, job)
    if isinstance(result, Pending):
        return result
    if result["query_annot_uuid_list"] != [query]:
        raise _invalid("it is about another annotation")
    match = (result["cm_dict"] or {}).get(str(query), {})
    return IdentificationResult(
        _scores(result["summary_annot"]),
        _scores(result["summary_name"]),
        match.get("dannot_extern_reference"),
    )


def _result(node: Field, payload: Any, job: UUID) -> dict[str, Any] | Pending:
    """Return the result of a completed job; a failed one raises Refused."""
    status = load(JOB, payload)["status"] or "unknown"
    if status in UNDER_WAY:
        return Pending(status)
    if status != "completed":
        raise Refused(f"The job of the image analysis ended as {status[:50]}.")
    answer = load(node, payload)
    if answer["jobid"] != job:
        raise _invalid("it is about another job")
    result: dict[str, Any] = answer["json_result"]
    return result


def _detection(found: Mapping[str, Any]) -> Detection:
    left, top, width, height = (round(found[name]) for name in ("xtl", "ytl", "width", "height"))
    return Detection(
        content_guid=found["uuid"],
        ia_class=found["class"],
        viewpoint=found["viewpoint"] or "unknown",
        rect=(left, top, max(width, 1), max(height, 1)),
        theta=found["theta"] or 0.0,
    )


def _scores(found: Sequence[Mapping[str, Any]]) -> list[Score]:
    return [Score(each["duuid"], each["score"]) for each in found if each["score"] is not None]


def _parse(content: bytes) -> Any:
    """Return the value of a JSON text; NaN and infinities are null.

    The scores of Sage contain infinities, for which our own reader would refuse the whole text.
    """
    try:
        return json.loads(content, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        raise _invalid("it is not JSON") from None


def _invalid(reason: str) -> Refused:
    return Refused(f"The answer of the image analysis is not valid: {reason}.")


def _member(value: Any, name: str) -> Any:
    """Return the member of an object, and any other value as it is."""
    return value.get(name, null) if isinstance(value, dict) else value
