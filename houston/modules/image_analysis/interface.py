"""What can be asked of an image analysis, whoever does it.

A call takes as long as the service takes to answer, so it belongs into a job; only `jobs` and
`version` are quick enough for a request. It raises `Unreachable` where asking again may help, and
`Refused` where it will not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO, Protocol
from uuid import UUID

from houston.modules.image_analysis.catalogue import Catalogue

Rect = tuple[int, int, int, int]
"""x, y, width and height in pixels of the picture."""


class AnalysisError(Exception):
    """The image analysis did not do what was asked; the text tells people why."""


class Unreachable(AnalysisError):
    """It does not answer, or has too much to do: ask again later."""


class Refused(AnalysisError):
    """It will not do this, or its answer makes no sense: asking again does not help."""


@dataclass(frozen=True)
class Box:
    """An animal in a picture: `theta` turns the rectangle about its centre, in radians.

    `name` is the individual that it is known to be.
    """

    image: UUID
    ia_class: str
    rect: Rect
    theta: float = 0.0
    name: UUID | None = None


@dataclass(frozen=True)
class Detection:
    """An animal that was found."""

    content_guid: UUID
    ia_class: str
    viewpoint: str
    rect: Rect
    theta: float


@dataclass(frozen=True)
class DetectionResult:
    """What was found in each of the pictures that were asked about."""

    by_image: Mapping[UUID, Sequence[Detection]]


@dataclass(frozen=True)
class Candidate:
    """An annotation to compare with, and the individual that it is known to be."""

    content_guid: UUID
    name: UUID | None = None


@dataclass(frozen=True)
class IdentificationRequest:
    """Which of some annotations show the same individual as `query`, by the means of an identifier.

    `callback` is the address that is called when it is done.
    """

    identifier: str
    query: UUID
    candidates: Sequence[Candidate]
    callback: str


@dataclass(frozen=True)
class Score:
    """How much an annotation resembles the query: the more, the better."""

    content_guid: UUID
    score: float


@dataclass(frozen=True)
class IdentificationResult:
    """The annotations that resemble the query, and for each individual the best of its own.

    `extern_reference` is what heatmaps of this result are asked for by, if there are any.
    """

    by_annotation: Sequence[Score]
    by_name: Sequence[Score]
    extern_reference: str | None


@dataclass(frozen=True)
class Pending:
    """The job is not done: what the service says of it."""

    status: str


@dataclass(frozen=True)
class RemoteJob:
    """A job as the service describes it; what it does not tell is None. Times are texts."""

    status: str | None
    endpoint: str | None
    jobcounter: int | None
    time_received: str | None
    time_completed: str | None
    time_turnaround_sec: float | None
    time_runtime_sec: float | None


class Analyst(Protocol):
    """Whoever analyses images.

    Where it is not `available`, `reason` tells people why, and every call is Refused for it.
    `address` is where the service is, without credentials.
    """

    available: bool
    reason: str
    address: str

    def add_image(self, file: BinaryIO, mime_type: str) -> UUID:
        """Show it a picture; the content guid. The file can be rewound. Repeating does no harm."""

    def missing_images(self, images: Sequence[UUID]) -> set[UUID]:
        """Those of the pictures that it does not know (any more)."""

    def add_annotations(self, boxes: Sequence[Box]) -> list[UUID]:
        """Tell it of animals in pictures that it knows; their content guids, in that order."""

    def missing_annotations(self, annotations: Sequence[UUID]) -> set[UUID]:
        """Those of the annotations that it does not know (any more)."""

    def detect(self, job: UUID, detector: str, images: Sequence[UUID], callback: str) -> None:
        """Have the detector of a key look for animals in different pictures.

        Where this is Unreachable the job may have been accepted: ask again with another guid.
        """

    def detection_result(self, job: UUID, images: Sequence[UUID]) -> DetectionResult | Pending:
        """What a job found in the pictures it was about; Refused if it failed."""

    def identify(self, job: UUID, request: IdentificationRequest) -> None:
        """Have an annotation compared; Refused where there is nothing to compare it with.

        Where this is Unreachable the job may have been accepted: ask again with another guid.
        """

    def identification_result(self, job: UUID, query: UUID) -> IdentificationResult | Pending:
        """What a job about an annotation found; Refused if it failed."""

    def heatmap(self, extern_reference: str, query: UUID, candidate: UUID) -> bytes:
        """A JPEG or PNG of both animals side by side that shows where they resemble each other."""

    def jobs(self) -> dict[str, RemoteJob]:
        """All jobs that the service knows, whoever asked, by the guids that they were given."""

    def version(self) -> str | None:
        """Which version answers; None where none does."""


@dataclass(frozen=True)
class ImageAnalysis:
    """Who analyses images, what can be looked for, and how long a job is waited for."""

    catalogue: Catalogue
    analyst: Analyst
    patience: timedelta
