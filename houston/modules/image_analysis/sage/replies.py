"""What Sage answers, read strictly: whatever is not as agreed is Refused."""

import json
import re
from collections.abc import Sequence
from math import isfinite
from typing import Any
from uuid import UUID

from houston.core.values import MAX_INTEGER, UNSTORABLE
from houston.modules.image_analysis.interface import (
    Detection,
    DetectionResult,
    IdentificationResult,
    Pending,
    Refused,
    RemoteJob,
    Score,
)

UNDER_WAY = frozenset({"received", "accepted", "queued", "working", "publishing"})
COMPLETED = "completed"
UNKNOWN_VIEWPOINT = "unknown"
UUID_KEY = "__UUID__"

LONGEST_TEXT = 255
LONGEST_COMPLAINT = 200
MOST_PIXELS = 1_000_000
LARGEST_ANGLE = 1000.0
REFERENCE_FORM = re.compile(r"[A-Za-z0-9_-]{1,200}\Z")
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")

Object = dict[str, Any]


def payload_of(content: bytes) -> Any:
    """The `response` of an answer that says of itself that it is good."""
    answer = _parse(content)
    if not isinstance(answer, dict) or not isinstance(answer.get("status"), dict):
        raise _nonsense("it is not in the agreed form")
    if answer["status"].get("success") is not True or answer.get("response") is None:
        raise Refused(f"The image analysis refuses{complaint_of(content)}")
    return answer["response"]


def complaint_of(content: bytes) -> str:
    """The end of a sentence with what an answer says that is wrong, if it says so."""
    try:
        message = _parse(content)["status"]["message"]
    except (Refused, LookupError, TypeError):
        message = None
    text = " ".join(UNSTORABLE.sub(" ", message).split()) if isinstance(message, str) else ""
    return f": {text[:LONGEST_COMPLAINT]}" if text else "."


def uuid_of(value: Any) -> UUID:
    """A guid."""
    text = value.get(UUID_KEY) if isinstance(value, dict) else value
    try:
        return UUID(text)
    except (ValueError, TypeError, AttributeError):
        raise _nonsense("a guid is none") from None


def uuids_of(value: Any, count: int) -> list[UUID]:
    """As many guids as were asked for."""
    return [uuid_of(member) for member in _list(value, count)]


def missing_from(value: Any, asked: Sequence[UUID]) -> set[UUID]:
    """Those that were asked for and have no row."""
    rows = _list(value, len(asked))
    return {guid for guid, row in zip(asked, rows, strict=True) if row is None}


def picture_of(content: bytes) -> bytes:
    """A picture, by its first bytes."""
    if not content.startswith(PICTURES):
        raise _nonsense("it is no picture")
    return content


def detection_result(payload: Any, job: UUID, images: Sequence[UUID]) -> DetectionResult | Pending:
    """What was found in exactly these pictures."""
    result = _result(payload, job)
    if isinstance(result, Pending):
        return result
    answered = uuids_of(result.get("image_uuid_list"), len(images))
    if set(answered) != set(images):
        raise _nonsense("it is about other pictures")
    found = _list(result.get("results_list"), len(images))
    return DetectionResult(
        {
            image: [_detection(each) for each in _list(animals)]
            for image, animals in zip(answered, found, strict=True)
        }
    )


def identification_result(payload: Any, job: UUID, query: UUID) -> IdentificationResult | Pending:
    """What resembles exactly this annotation."""
    result = _result(payload, job)
    if isinstance(result, Pending):
        return result
    if uuids_of(result.get("query_annot_uuid_list"), 1) != [query]:
        raise _nonsense("it is about another annotation")
    return IdentificationResult(
        _scores(result.get("summary_annot")),
        _scores(result.get("summary_name")),
        _reference(result.get("cm_dict"), query),
    )


def remote_jobs(payload: Any) -> dict[str, RemoteJob]:
    """The jobs by guid; what is no job is left out."""
    jobs = payload.get("json_result") if isinstance(payload, dict) else None
    if not isinstance(jobs, dict):
        return {}
    return {
        key: _remote_job(each)
        for key, each in jobs.items()
        if isinstance(each, dict) and _text(key) == key
    }


def version_of(payload: Any) -> str | None:
    """The version."""
    return _text(payload.get("version") if isinstance(payload, dict) else payload)


def _nonsense(why: str) -> Refused:
    return Refused(f"The answer of the image analysis makes no sense: {why}.")


def _parse(content: bytes) -> Any:
    """The value of a JSON text; what JSON has no word for, such as NaN, is null.

    The scores of Sage contain infinities, and our own reader would refuse all of it for them.
    """
    try:
        return json.loads(content, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        raise _nonsense("it is not JSON") from None


def _result(payload: Any, job: UUID) -> Object | Pending:
    """The result of a job that is completed; Refused for one that will never be."""
    answer = _object(payload)
    status = _text(answer.get("status")) or "unknown"
    if status in UNDER_WAY:
        return Pending(status)
    if status != COMPLETED:
        raise Refused(f"The job of the image analysis ended as {status[:50]}.")
    if uuid_of(answer.get("jobid")) != job:
        raise _nonsense("it is about another job")
    return _object(answer.get("json_result"))


def _detection(value: Any) -> Detection:
    animal = _object(value)
    ia_class = _text(animal.get("class"))
    if not ia_class:
        raise _nonsense("an animal has no class")
    left, top, width, height = (
        round(_number(animal.get(name), MOST_PIXELS)) for name in ("xtl", "ytl", "width", "height")
    )
    return Detection(
        content_guid=uuid_of(animal.get("uuid")),
        ia_class=ia_class,
        viewpoint=_text(animal.get("viewpoint")) or UNKNOWN_VIEWPOINT,
        rect=(left, top, max(width, 1), max(height, 1)),
        theta=_number(animal.get("theta") or 0.0, LARGEST_ANGLE),
    )


def _scores(value: Any) -> list[Score]:
    """The scores in their order; one that is no number, such as minus infinity, is none."""
    entries = [_object(entry) for entry in _list(value)]
    scores = [(uuid_of(entry.get("duuid")), _finite(entry.get("score"))) for entry in entries]
    return [Score(guid, score) for guid, score in scores if score is not None]


def _reference(matches: Any, query: UUID) -> str | None:
    """It becomes part of a file's name, so anything unusual is none."""
    match = matches.get(str(query)) if isinstance(matches, dict) else None
    found = _text(match.get("dannot_extern_reference")) if isinstance(match, dict) else None
    return found if found and REFERENCE_FORM.match(found) else None


def _remote_job(value: Object) -> RemoteJob:
    return RemoteJob(
        status=_text(value.get("status")),
        endpoint=_text(value.get("endpoint")),
        jobcounter=_count(value.get("jobcounter")),
        time_received=_text(value.get("time_received")),
        time_completed=_text(value.get("time_completed")),
        time_turnaround_sec=_finite(value.get("time_turnaround_sec")),
        time_runtime_sec=_finite(value.get("time_runtime_sec")),
    )


def _object(value: Any) -> Object:
    if not isinstance(value, dict):
        raise _nonsense("an object is missing")
    return value


def _list(value: Any, count: int | None = None) -> list[Any]:
    if not isinstance(value, list) or (count is not None and len(value) != count):
        raise _nonsense("a list is missing, or not as long as it should be")
    return value


def _text(value: Any) -> str | None:
    """A text that can be stored and shown."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or UNSTORABLE.search(value):
        return None
    return value


def _number(value: Any, largest: float) -> float:
    number = _finite(value)
    if number is None or abs(number) > largest:
        raise _nonsense("a number is none, or too large")
    return number


def _finite(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and abs(value) <= MAX_INTEGER else None
