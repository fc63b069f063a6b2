"""Exports of encounters, which administrators may export, and one export of the owner."""

from typing import Any

from tests.factories.exports import ExportFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "export_sightings": "401 403 403 403 403 400 403 400 400 400 403",
    "export_encounters": "401 403 403 403 403 400 403 400 400 400 403",
    "export_individuals": "401 403 403 403 403 400 403 400 400 400 403",
    "list_exports": "401 403 403 403 403 200 403 200 200 200 403",
    "create_export": "401 403 403 403 403 422 403 422 422 422 403",
    "get_export": "401 403 200 403 403 403 403 403 403 403 403",
    "get_export_file": "401 403 409 403 403 403 403 403 403 403 403",
    "delete_export": "401 403 204 403 403 403 403 403 403 403 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    return {"exported": ExportFactory(owner_guid=cast.owner.guid).guid}
