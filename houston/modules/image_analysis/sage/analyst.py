"""Sage as an analyst: which address says what."""

import json
from collections.abc import Iterable, Sequence
from mimetypes import guess_extension
from typing import Any, BinaryIO
from uuid import UUID

from houston.modules.image_analysis.catalogue import Catalogue
from houston.modules.image_analysis.interface import (
    AnalysisError,
    Box,
    Candidate,
    DetectionResult,
    IdentificationRequest,
    IdentificationResult,
    Pending,
    Refused,
    RemoteJob,
)
from houston.modules.image_analysis.sage import replies
from houston.modules.image_analysis.sage.connection import Connection

CALLBACK = "houston+"
NOBODY = "____"
"""The name of an individual that is not known."""

AT_ONCE = 50
"""Guids that one query asks about, so that its address does not get too long."""


class Sage:
    """A Sage that is there, as far as the settings know."""

    available = True
    reason = ""

    def __init__(self, connection: Connection, catalogue: Catalogue) -> None:
        self.address = connection.address
        self._connection, self._catalogue = connection, catalogue

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def add_image(self, file: BinaryIO, mime_type: str) -> UUID:
        """Show it a picture."""
        name = f"image{guess_extension(mime_type) or ''}"
        reply = self._connection.upload("upload/image/json/", name, file, mime_type)
        return replies.uuid_of(reply)

    def missing_images(self, images: Sequence[UUID]) -> set[UUID]:
        """Those of the pictures without a row."""
        return self._missing("image/rowid/uuid/json/", "image_uuid_list", images)

    def add_annotations(self, boxes: Sequence[Box]) -> list[UUID]:
        """Tell it of animals in pictures that it knows."""
        body = {
            "image_uuid_list": _uuids(box.image for box in boxes),
            "annot_species_list": [box.ia_class for box in boxes],
            "annot_bbox_list": [box.rect for box in boxes],
            "annot_name_list": [_name(box.name) for box in boxes],
            "annot_theta_list": [box.theta for box in boxes],
        }
        return replies.uuids_of(self._connection.tell("annot/json/", body), len(boxes))

    def missing_annotations(self, annotations: Sequence[UUID]) -> set[UUID]:
        """Those of the annotations without a row."""
        return self._missing("annot/rowid/uuid/json/", "annot_uuid_list", annotations)

    def detect(self, job: UUID, detector: str, images: Sequence[UUID], callback: str) -> None:
        """Order a detection with the detector's own settings."""
        found = self._catalogue.detectors.get(detector)
        if found is None:
            raise Refused(f"There is no detector named {detector}.")
        about = {"image_uuid_list": _uuids(images)}
        self._order("engine/detect/cnn/", job, callback, {**found.config, **about})

    def detection_result(self, job: UUID, images: Sequence[UUID]) -> DetectionResult | Pending:
        """What a detection found."""
        return replies.detection_result(self._result(job), job, images)

    def identify(self, job: UUID, request: IdentificationRequest) -> None:
        """Order an identification with the identifier's own settings."""
        found = self._catalogue.identifiers.get(request.identifier)
        if found is None:
            raise Refused(f"There is no identifier named {request.identifier}.")
        candidates = _each_once(request.candidates)
        if all(candidate.content_guid == request.query for candidate in candidates):
            raise Refused("There is nothing to compare the annotation with.")
        about = {
            "matching_state_list": [],
            "query_annot_name_list": [NOBODY],
            "query_annot_uuid_list": _uuids([request.query]),
            "database_annot_name_list": [_name(candidate.name) for candidate in candidates],
            "database_annot_uuid_list": _uuids(each.content_guid for each in candidates),
        }
        self._order("engine/query/graph/", job, request.callback, {**found.config, **about})

    def identification_result(self, job: UUID, query: UUID) -> IdentificationResult | Pending:
        """What an identification found."""
        return replies.identification_result(self._result(job), job, query)

    def heatmap(self, extern_reference: str, query: UUID, candidate: UUID) -> bytes:
        """The picture of a match."""
        parameters = {
            "extern_reference": extern_reference,
            "query_annot_uuid": str(query),
            "database_annot_uuid": str(candidate),
            "version": "heatmask",
        }
        return replies.picture_of(self._connection.fetch("query/graph/match/thumb/", parameters))

    def jobs(self) -> dict[str, RemoteJob]:
        """All jobs that it knows."""
        return replies.remote_jobs(self._connection.peek("engine/job/status/"))

    def version(self) -> str | None:
        """Its version, or None where it does not tell."""
        try:
            return replies.version_of(self._connection.peek("version/"))
        except AnalysisError:
            return None

    def _order(self, path: str, job: UUID, callback: str, about: dict[str, Any]) -> None:
        order = {**about, "jobid": str(job), "callback_url": f"{CALLBACK}{callback}"}
        if replies.uuid_of(self._connection.order(path, order)) != job:
            raise Refused("The image analysis has begun another job than it was asked for.")

    def _result(self, job: UUID) -> Any:
        return self._connection.get("engine/job/result/", {"jobid": str(job)})

    def _missing(self, path: str, parameter: str, guids: Sequence[UUID]) -> set[UUID]:
        missing: set[UUID] = set()
        for start in range(0, len(guids), AT_ONCE):
            asked = guids[start : start + AT_ONCE]
            rows = self._connection.get(path, {parameter: json.dumps(_uuids(asked))})
            missing |= replies.missing_from(rows, asked)
        return missing


def _uuids(guids: Iterable[UUID]) -> list[dict[str, str]]:
    return [{replies.UUID_KEY: str(guid)} for guid in guids]


def _name(individual: UUID | None) -> str:
    return NOBODY if individual is None else str(individual)


def _each_once(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those that look alike once, with the name of the first of them."""
    first: dict[UUID, Candidate] = {}
    for candidate in candidates:
        first.setdefault(candidate.content_guid, candidate)
    return list(first.values())
