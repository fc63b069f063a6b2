"""Exports of encounters, of which each caller may export those of the owner or none."""

from typing import Any

from tests.permissions.expected import Cast

EXPECTED = {
    "export_sightings": "401 403 403 403 403 400 403 400 400 400 403",
    "export_encounters": "401 403 403 403 403 400 403 400 400 400 403",
    "export_individuals": "401 403 403 403 403 400 403 400 400 400 403",
}


def keys(_cast: Cast) -> dict[str, Any]:
    return {}
