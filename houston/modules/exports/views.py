"""The operations of exports."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pyramid.response import Response

from houston.core.api.files import download, file_response
from houston.core.api.openapi.responses import File
from houston.core.api.operation import JSON
from houston.core.api.queries import Query
from houston.core.api.service import Service
from houston.core.errors import Conflict
from houston.core.http.request import Request
from houston.core.security.grants import Permission
from houston.core.tree import FieldForbidden, Root
from houston.modules.exports import schemas
from houston.modules.exports.formats import FORMATS
from houston.modules.exports.models import Export
from houston.modules.exports.services import background, exporting
from houston.modules.exports.services.dataset import Noun

sightings = Service("sighting_export", "/sightings/export")
encounters = Service("encounter_export", "/encounters/export")
individuals = Service("individual_export", "/individuals/export")
exports = Service("exports", "/exports")
export = Service("export", "/exports/{exported}")
file = Service("export_file", "/exports/{exported}/file")

EXPORT: dict[str, Any] = {
    "query": schemas.ExportQuerySchema(),
    "body": Query(),
    "consumes": (JSON,),
    "returns": File(),
    "produces": "*/*",
    "response_headers": {"Content-Disposition": "The name of the file."},
}
# The entry in the audit log is written after the records are read: no lock is held meanwhile.
sightings.only_reads = encounters.only_reads = individuals.only_reads = True

EXPORT_SCHEMA = schemas.ExportSchema()

exports.list(
    "list_exports",
    background.EXPORTS,
    schemas.ExportListSchema(),
    "List the exports of the caller that were made in the background.",
)
export.read("get_export", EXPORT_SCHEMA, "Read the state of an export of the caller.")
export.remove("delete_export", "Delete an export with its file.")


@exports.post(
    Permission.CREATE, body=schemas.NewExportSchema(), returns=EXPORT_SCHEMA, errors=(Conflict,)
)
def create_export(request: Request) -> Export:
    """Export what a search finds in the background, whatever its size.

    The caller needs the permission to search there. The file is kept for some days.
    """
    values = request.validated["body"]
    found = Root(request)[values["noun"]]
    allowed = request.has_permission(Permission.LIST, found)
    if not allowed:
        raise FieldForbidden("noun", allowed)
    return background.start_export(request.services, request.db, request.caller, **values)


@file.get(Permission.READ, file=True, produces="*/*", errors=(Conflict,))
def get_export_file(request: Request) -> Response:
    """Get the file of an export; it is 409 until the export is done."""
    row: Export = request.context.__parent__.row
    key, filename = background.file_of(row)
    response = file_response(request, key, FORMATS[row.format].media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


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
