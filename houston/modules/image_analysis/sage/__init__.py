"""Sage: the service of Wildbook-IA, requested over HTTP.

All addresses are below `<address>/api/`. An answer is good if its status is 200 and its body says
so: `{"status": {"success": true}, "response": …}`. Guids travel as `{"__UUID__": "…"}`. A job is
sent with the address to call when it is done, with the prefix `houston+`; Sage removes the prefix,
fetches a token as one of our OAuth2 clients, and calls. The body of the callback is ignored: the
result is fetched.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from mimetypes import guess_extension
from typing import Any, BinaryIO
from uuid import UUID

from houston.modules.image_analysis.catalogue import Catalogue
from houston.modules.image_analysis.interface import (
    AnalysisError,
    Box,
    DetectionResult,
    IdentificationRequest,
    IdentificationResult,
    Pending,
    Refused,
    RemoteJob,
)
from houston.modules.image_analysis.sage import responses
from houston.modules.image_analysis.sage.connection import Connection

UNKNOWN_NAME = "____"
"""The name of an individual that is not known."""

BATCH = 50
"""Guids in one query string, whose length servers limit."""


class Sage:
    """The analyst behind a connection to Sage."""

    available = True
    reason = ""

    def __init__(self, connection: Connection, catalogue: Catalogue) -> None:
        self.address = connection.address
        self._connection, self._catalogue = connection, catalogue

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def add_image(self, file: BinaryIO, mime_type: str) -> UUID:
        """Send an image; see `Analyst`."""
        name = f"image{guess_extension(mime_type) or ''}"
        # httpx rewinds the file for each attempt.
        files = {"image": (name, file, mime_type)}
        return _guid(self._connection.ask("POST", "upload/image/json/", files=files))

    def missing_images(self, images: Sequence[UUID]) -> set[UUID]:
        """Return the images that have no row."""
        return self._missing("image/rowid/uuid/json/", "image_uuid_list", images)

    def add_annotations(self, boxes: Sequence[Box]) -> list[UUID]:
        """Send boxes in images that Sage has."""
        body = {
            "image_uuid_list": _wrapped(box.image for box in boxes),
            "annot_species_list": [box.ia_class for box in boxes],
            "annot_bbox_list": [box.rect for box in boxes],
            "annot_name_list": [_name(box.name) for box in boxes],
            "annot_theta_list": [box.theta for box in boxes],
        }
        payload = self._connection.ask("POST", "annot/json/", json=body)
        return responses.counted(responses.load(responses.GUIDS, payload), len(boxes))

    def missing_annotations(self, annotations: Sequence[UUID]) -> set[UUID]:
        """Return the annotations that have no row."""
        return self._missing("annot/rowid/uuid/json/", "annot_uuid_list", annotations)

    def detect(self, job: UUID, detector: str, images: Sequence[UUID], callback: str) -> None:
        """Begin a detection with the configuration of the detector."""
        found = self._catalogue.detectors.get(detector)
        if found is None:
            raise Refused(f"There is no detector named {detector}.")
        body = {**found["config_dict"], "image_uuid_list": _wrapped(images)}
        self._begin("engine/detect/cnn/", job, callback, body)

    def detection_result(self, job: UUID, images: Sequence[UUID]) -> DetectionResult | Pending:
        """Return the result of a detection."""
        return responses.read_detection(self._result(job), job, images)

    def identify(self, job: UUID, request: IdentificationRequest) -> None:
        """Begin an identification with the configuration of the identifier."""
        found = self._catalogue.identifiers.get(request.identifier)
        if found is None:
            raise Refused(f"There is no identifier named {request.identifier}.")
        names: dict[UUID, str] = {}
        for candidate in request.candidates:
            names.setdefault(candidate.content_guid, _name(candidate.name))
        if names.keys() <= {request.query}:
            raise Refused("There is nothing to compare the annotation with.")
        body = {
            **found["sage"],
            "matching_state_list": [],
            "query_annot_name_list": [UNKNOWN_NAME],
            "query_annot_uuid_list": _wrapped([request.query]),
            "database_annot_name_list": list(names.values()),
            "database_annot_uuid_list": _wrapped(names),
        }
        self._begin("engine/query/graph/", job, request.callback, body)

    def identification_result(self, job: UUID, query: UUID) -> IdentificationResult | Pending:
        """Return the result of an identification."""
        return responses.read_identification(self._result(job), job, query)

    def heatmap(self, extern_reference: str, query: UUID, candidate: UUID) -> bytes:
        """Return the heatmap of a match."""
        parameters = {
            "extern_reference": extern_reference,
            "query_annot_uuid": str(query),
            "database_annot_uuid": str(candidate),
            "version": "heatmask",
        }
        path = "query/graph/match/thumb/"
        return responses.read_image(self._connection.fetch("GET", path, params=parameters))

    def jobs(self) -> Mapping[str, RemoteJob]:
        """Return all jobs of Sage."""
        return responses.read_jobs(self._connection.ask_briefly("engine/job/status/"))

    def version(self) -> str | None:
        """Return the version of Sage, or None where it does not answer."""
        try:
            return responses.read_version(self._connection.ask_briefly("version/"))
        except AnalysisError:
            return None

    def _begin(self, path: str, job: UUID, callback: str, body: Mapping[str, Any]) -> None:
        body = {**body, "jobid": str(job), "callback_url": f"houston+{callback}"}
        if _guid(self._connection.ask_once("POST", path, json=body)) != job:
            raise Refused("The image analysis has begun another job than the requested one.")

    def _result(self, job: UUID) -> Any:
        return self._connection.ask("GET", "engine/job/result/", params={"jobid": str(job)})

    def _missing(self, path: str, parameter: str, guids: Sequence[UUID]) -> set[UUID]:
        missing: set[UUID] = set()
        for start in range(0, len(guids), BATCH):
            requested = guids[start : start + BATCH]
            parameters = {parameter: json.dumps(_wrapped(requested))}
            payload = self._connection.ask("GET", path, params=parameters)
            rows = responses.counted(responses.load(responses.ROWS, payload), len(requested))
            missing |= {guid for guid, row in zip(requested, rows, strict=True) if row is None}
        return missing


def make_sage(url: str, catalogue: Catalogue) -> Sage:
    """Make the analyst of `sage+http://host:port` or `sage+https://user:password@host`.

    Raises:
        SettingsError: The address is not of that form.
    """
    return Sage(Connection(url.removeprefix("sage+")), catalogue)


def _wrapped(guids: Iterable[UUID]) -> list[dict[str, str]]:
    return [{responses.UUID_KEY: str(guid)} for guid in guids]


def _guid(payload: Any) -> UUID:
    guid: UUID = responses.load(responses.GUID, payload)
    return guid


def _name(individual: UUID | None) -> str:
    return UNKNOWN_NAME if individual is None else str(individual)
