"""Reading a whole submission: the request, then its sightings in their order.

A sighting is `Sighting 1` for people, and its second encounter `Encounter 1.2`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from houston.core.errors import shown
from houston.core.schema.nodes import EMAIL
from houston.modules.asset_groups.models import NO_MODEL, UploadType
from houston.modules.asset_groups.validation.faults import Faults, Place
from houston.modules.asset_groups.validation.fields import SUBMISSION, read_fields
from houston.modules.asset_groups.validation.lookups import Lookups
from houston.modules.asset_groups.validation.sighting import Sighting, read_sighting

MAX_SIGHTINGS = 10_000
MAX_DESCRIPTION = 255
REQUEST = Place("", "request")


@dataclass
class Submission:
    """A submission that was read, right or wrong: `Faults.check` tells."""

    values: dict[str, Any]
    sightings: list[Sighting] = field(default_factory=list)

    @property
    def is_bulk(self) -> bool:
        """Whether it comes from a table."""
        return self.values.get("uploadType") == UploadType.BULK

    @property
    def transaction_guid(self) -> UUID | None:
        """The transaction in which its files were uploaded."""
        guid = self.values.get("transactionId")
        return UUID(guid) if guid else None

    @property
    def has_files(self) -> bool:
        """Whether some sighting has a file."""
        return any(sighting.files for sighting in self.sightings)


def owner_emails(body: Mapping[str, Any]) -> Iterator[str]:
    """The addresses of owners that a submission gives, right or wrong as it may be."""
    for sighting in _objects(body.get("sightings")):
        for encounter in _objects(sighting.get("encounters")):
            email = encounter.get("ownerEmail")
            if isinstance(email, str):
                yield email


def read_submission(body: Mapping[str, Any], lookups: Lookups, faults: Faults) -> Submission:
    """What a submission says; all that is wrong with it by itself is noted."""
    submission = Submission(read_fields(body, SUBMISSION, REQUEST, faults))
    _check_kind(submission, faults)
    _check_models(submission.values.get("speciesDetectionModel", ()), lookups, faults)
    _check_texts(submission.values, faults)
    given = submission.values.pop("sightings", [])
    if len(given) > MAX_SIGHTINGS:
        faults.add("sightings", f"more than {MAX_SIGHTINGS} sightings in request")
        return submission
    for number, each in enumerate(given, 1):
        place = Place(f"sightings.{number - 1}", f"Sighting {number}")
        submission.sightings.append(read_sighting(each, place, str(number), lookups, faults))
    if given and not submission.is_bulk and len(given) > 1:
        text = "Incorrect num sightings in form submission, there must be exactly one"
        faults.add("sightings", text)
    return submission


def _check_kind(submission: Submission, faults: Faults) -> None:
    kind = submission.values.get("uploadType")
    if kind and kind not in list(UploadType):
        faults.add("uploadType", f"uploadType {shown(kind)} not supported")


def _check_models(models: list[Any], lookups: Lookups, faults: Faults) -> None:
    path = "speciesDetectionModel"
    if len(models) > 1:
        faults.add(path, "only support a single detection config for now")
    for model in models:
        if model in (None, "", NO_MODEL):
            continue
        if not isinstance(model, str) or model not in lookups.detectors:
            faults.add(path, f"detection config {shown(model)} not supported")


def _check_texts(values: Mapping[str, Any], faults: Faults) -> None:
    email, description = values.get("submitterEmail"), values.get("description")
    if email and not (len(email) <= 120 and EMAIL.match(email)):
        faults.add("submitterEmail", f"submitterEmail {shown(email)} is not a valid email address")
    if description and len(description) > MAX_DESCRIPTION:
        faults.add("description", f"description is longer than {MAX_DESCRIPTION} characters")


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (each for each in value if isinstance(each, dict))
