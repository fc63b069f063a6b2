"""The requests with which the web client creates asset groups."""

from typing import Any
from uuid import uuid4

from tests.factories.assets import jpeg
from tests.factories.uploads import FinishedUploadFactory

ASSET_GROUPS = "/api/v1/asset_groups"
REGION, HEADING = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
TAXONOMY = "33333333-3333-4333-8333-333333333333"
NOWHERE = "44444444-4444-4444-8444-444444444444"
"""A guid that no object has."""
REGIONS = {
    "locationID": [
        {
            "id": HEADING,
            "name": "Kenya",
            "placeholderOnly": True,
            "locationID": [{"id": REGION, "name": "Mara River"}],
        }
    ]
}
SPECIES = [
    {
        "id": TAXONOMY,
        "commonNames": ["plains zebra"],
        "scientificName": "Equus quagga",
        "itisTsn": 624996,
    }
]
PLACE = {
    "locationId": REGION,
    "time": "2023-05-04T06:30:00+03:00",
    "timeSpecificity": "time",
}


def encounter(**changes: Any) -> dict[str, Any]:
    """Return an encounter."""
    return {**PLACE, "taxonomy": TAXONOMY, "sex": "female", "customFields": {}, **changes}


def sighting(**changes: Any) -> dict[str, Any]:
    """Return a sighting."""
    return {
        **PLACE,
        "speciesDetectionModel": "None",
        "verbatimLocality": "",
        "comments": "By the river.",
        "decimalLatitude": None,
        "decimalLongitude": None,
        "assetReferences": [],
        "customFields": {},
        "encounters": [encounter()],
        **changes,
    }


def form(*sightings: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the body of a form."""
    return {
        "description": "",
        "uploadType": "form",
        "speciesDetectionModel": ["None"],
        "sightings": list(sightings) or [sighting()],
        **changes,
    }


def table(*sightings: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the body of a bulk upload."""
    return form(*sightings, **{"uploadType": "bulk", "speciesDetectionModel": [None], **changes})


def upload(*names: str, owner: Any = None, **values: Any) -> str:
    """Upload files, and return the guid of their transaction."""
    transaction = uuid4()
    for name in names:
        FinishedUploadFactory(
            transaction_guid=transaction,
            owner_guid=owner.guid if owner else None,
            filename=name,
            **{"content": jpeg(64, 48), **values},
        )
    return str(transaction)


def change(path: str, value: Any, op: str = "replace") -> dict[str, Any]:
    """Return an operation of a patch."""
    return {"op": op, "path": path, "value": value}
