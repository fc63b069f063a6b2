"""The interface of an image analysis, its values and its errors.

A call takes as long as the service takes to answer, so it belongs in a job; only `jobs` and
`version` are quick enough for a request. A call raises `Unreachable` where a later attempt may
succeed, and `Refused` where it will not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, BinaryIO, NamedTuple, NoReturn, Protocol
from uuid import UUID

from houston.modules.image_analysis.catalogue import Catalogue
from houston.modules.image_analysis.lenient import (
    IntegerOrNone,
    NumberOrNone,
    OpenSchema,
    TextOrNone,
)

Rect = tuple[int, int, int, int]
"""x, y, width and height in pixels of the image."""


class AnalysisError(Exception):
    """The image analysis did not do what was requested; the text is shown to users."""


class Unreachable(AnalysisError):
    """The service does not answer or is overloaded: a later attempt may succeed."""


class Refused(AnalysisError):
    """The service refuses, or its answer is not valid: another attempt will not help."""


def reason_of(error: str) -> str:
    """The reason why a request was not sent, for people, of the error of the last attempt of a job.

    They see the messages of the image analysis, but not those of errors of this program.

    >>> reason_of("Unreachable: The image analysis is overloaded.")
    'The image analysis is overloaded.'
    >>> reason_of("KeyError: 'width'")
    'The image analysis could not be asked.'
    """
    kind, _, message = error.partition(": ")
    return message if kind == Unreachable.__name__ else "The image analysis could not be asked."


class Box(NamedTuple):
    """An animal in an image; `theta` turns the rectangle about its centre, in radians.

    `name` is the guid of the individual, if it is known.
    """

    image: UUID
    ia_class: str
    rect: Rect
    theta: float = 0.0
    name: UUID | None = None


class Detection(NamedTuple):
    """A detected animal."""

    content_guid: UUID
    ia_class: str
    viewpoint: str
    rect: Rect
    theta: float


class DetectionResult(NamedTuple):
    """The detected animals of each image of a job."""

    by_image: Mapping[UUID, Sequence[Detection]]


class Candidate(NamedTuple):
    """An annotation to compare with, and the guid of its individual, if that is known."""

    content_guid: UUID
    name: UUID | None = None


@dataclass(frozen=True)
class IdentificationRequest:
    """A request to compare the annotation `query` with candidates, by an identifier.

    `callback` is the address that the service calls when the job is done.
    """

    identifier: str
    query: UUID
    candidates: Sequence[Candidate]
    callback: str


class Score(NamedTuple):
    """The similarity of an annotation to the query; higher is more similar."""

    content_guid: UUID
    score: float


class IdentificationResult(NamedTuple):
    """The scores of annotations, and for each individual the score of its best annotation.

    `extern_reference` identifies the match in requests for its heatmaps, if there are any.
    """

    by_annotation: Sequence[Score]
    by_name: Sequence[Score]
    extern_reference: str | None


class Pending(NamedTuple):
    """The state of a job that is not done."""

    status: str


class RemoteJobSchema(OpenSchema):
    """A job of the service that analyses images, as the service describes it."""

    from_mapping = True
    status = TextOrNone(max=255, description="The state of the job; `completed` if done.")
    endpoint = TextOrNone(max=255, description="The address at the service that began the job.")
    jobcounter = IntegerOrNone(description="The number of the job.")
    time_received = TextOrNone(max=255)
    time_completed = TextOrNone(max=255)
    time_turnaround_sec = NumberOrNone(description="Seconds from the request to the result.")
    time_runtime_sec = NumberOrNone(description="Seconds of work.")


RemoteJob = Mapping[str, Any]
"""The values of a `RemoteJobSchema`."""


class Analyst(Protocol):
    """A service that analyses images.

    Where it is not `available`, `reason` says why, and every call raises Refused with that text.
    `address` is that of the service, without credentials. A job whose beginning raised Unreachable
    may have begun all the same: try again with another guid.
    """

    available: bool
    reason: str
    address: str

    def add_image(self, file: BinaryIO, mime_type: str) -> UUID:
        """Send an image, and return its content guid; the file must be seekable. Idempotent."""

    def missing_images(self, images: Sequence[UUID]) -> set[UUID]:
        """Return those of the images that the service does not have."""

    def add_annotations(self, boxes: Sequence[Box]) -> list[UUID]:
        """Send boxes in images that the service has; return their content guids in that order."""

    def missing_annotations(self, annotations: Sequence[UUID]) -> set[UUID]:
        """Return those of the annotations that the service does not have."""

    def detect(self, job: UUID, detector: str, images: Sequence[UUID], callback: str) -> None:
        """Begin a detection in distinct images, by the key of a detector."""

    def detection_result(self, job: UUID, images: Sequence[UUID]) -> DetectionResult | Pending:
        """Return the result of a detection in these images; raise Refused if the job failed."""

    def identify(self, job: UUID, request: IdentificationRequest) -> None:
        """Begin an identification; raise Refused where there is no candidate."""

    def identification_result(self, job: UUID, query: UUID) -> IdentificationResult | Pending:
        """Return the result of an identification; raise Refused if the job failed."""

    def heatmap(self, extern_reference: str, query: UUID, candidate: UUID) -> bytes:
        """Return a JPEG or PNG of both animals side by side, with their similar parts marked."""

    def jobs(self) -> Mapping[str, RemoteJob]:
        """Return all jobs of the service, including those of others, by their guids."""

    def version(self) -> str | None:
        """Return the version of the service, or None where it does not answer."""


class NullAnalyst:
    """The analyst of a site without an image analysis."""

    available = False
    reason = "No image analysis is configured on this server."
    address = ""

    def _refuse(self, *_: Any) -> NoReturn:
        raise Refused(self.reason)

    add_image = missing_images = add_annotations = missing_annotations = _refuse
    detect = detection_result = identify = identification_result = heatmap = _refuse

    def jobs(self) -> Mapping[str, RemoteJob]:
        """Return no jobs."""
        return {}

    def version(self) -> str | None:
        """Return None."""
        return None


@dataclass(frozen=True)
class ImageAnalysis:
    """The catalogue, the analyst, and the time after which a job is given up."""

    catalogue: Catalogue
    analyst: Analyst
    patience: timedelta
