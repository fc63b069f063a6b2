"""The operations of exports."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pyramid.response import Response

from houston.core.api.files import download
from houston.core.api.listing import Query
from houston.core.api.openapi.responses import File
from houston.core.api.operation import JSON
from houston.core.api.service import Service
from houston.core.http.request import Request
from houston.core.security.grants import Permission
from houston.modules.exports.formats import FORMATS
from houston.modules.exports.schemas import ExportQuerySchema
from houston.modules.exports.services import exporting
from houston.modules.exports.services.dataset import Noun

sightings = Service("sighting_export", "/sightings/export")
encounters = Service("encounter_export", "/encounters/export")
individuals = Service("individual_export", "/individuals/export")

EXPORT: dict[str, Any] = {
    "query": ExportQuerySchema(),
    "body": Query(),
    "consumes": (JSON,),
    "returns": File(),
    "produces": "*/*",
    "response_headers": {"Content-Disposition": "The name of the file."},
}
# The entry in the audit log is written after the records are read: no lock is held meanwhile.
sightings.only_reads = encounters.only_reads = individuals.only_reads = True


@sightings.post(Permission.LIST, **EXPORT)
def export_sightings(request: Request) -> Response:
    """Export the sightings that a search finds, with their encounters.

    The file has the records that the caller may export. If there are none, the status is 400.
    """
    return _export(request, Noun.SIGHTINGS)


@encounters.post(Permission.LIST, **EXPORT)
def export_encounters(request: Request) -> Response:
    """Export the encounters that a search finds, with their sightings and individuals.

    The file has the records that the caller may export. If there are none, the status is 400.
    """
    return _export(request, Noun.ENCOUNTERS)


@individuals.post(Permission.LIST, **EXPORT)
def export_individuals(request: Request) -> Response:
    """Export the individuals that a search finds.

    The file has the records that the caller may export. If there are none, the status is 400.
    """
    return _export(request, Noun.INDIVIDUALS)


def _export(request: Request, noun: Noun) -> Response:
    options, query = request.validated["querystring"], request.validated.get("body")
    dataset = exporting.make_dataset(
        request.services, request.db, request.caller, noun, query or {}
    )
    with TemporaryDirectory(prefix="houston-export-") as folder:
        path = exporting.write(dataset, Path(folder), options)
        response = download(path, FORMATS[options["format"]].media_type, path.name)
    exporting.record(request.services, request.actor, dataset, options["format"])
    return response
