"""The published body of an asset group has the same rules as the server."""

from collections.abc import Callable
from typing import Any

import pytest
from webtest import TestRequest, TestResponse

from houston.core.json import dumps
from tests.clients_of_roles import Client
from tests.contract.checker import Checker, Forbidden
from tests.functional.asset_groups.reports import ASSET_GROUPS, encounter, form, sighting


@pytest.fixture
def check(anonymous: Client) -> Callable[[Any], None]:
    """Return a function that raises Forbidden for a body that the document forbids."""
    checker = Checker(anonymous.get("/api/v1/openapi.json").json)

    def check(body: Any) -> None:
        request = TestRequest.blank(ASSET_GROUPS, method="POST", content_type="application/json")
        checker.check_request(request, dumps(body), TestResponse(status=200))

    return check


@pytest.mark.parametrize(
    "changes",
    [
        {"time": "", "timeSpecificity": None},
        {"locationId": "", "taxonomy": "", "individualUuid": None},
        {"decimalLatitude": "", "decimalLongitude": None},
        {"decimalLatitude": " -1.5e0", "decimalLongitude": "5."},
        {"ownerEmail": "", "sex": "", "verbatimLocality": None, "comments": ""},
        {"stripes": 7, "speciesDetectionModel": ["seals_v1"]},
        {"firstName": "Ada", "FirstName": "", "utcOffset": -180, "annotations": []},
    ],
)
def test_empty_cells_and_numbers_as_text(
    researcher: Client, check: Callable[[Any], None], changes: dict[str, Any]
) -> None:
    body = form(sighting(encounters=[encounter(**changes)]))
    check(body)
    response = researcher.post_json(ASSET_GROUPS, body)
    assert response.status_int == 200, response.json


@pytest.mark.parametrize(
    "changes",
    [
        {"time": "2023-05-04"},
        {"time": "2023-05-04T06:30:00"},
        {"timeSpecificity": "century"},
        {"locationId": "Kenya"},
        {"decimalLatitude": 90.5, "decimalLongitude": -180.5},
        {"decimalLatitude": "1,5", "decimalLongitude": "0x1"},
        {"sex": "both"},
        {"ownerEmail": "nobody"},
        {"individualUuid": 5},
        {"comments": ["a"]},
        {"comments": "x" * 10_001},
        {"customFields": None},
    ],
)
def test_body_that_the_document_forbids_is_refused(
    researcher: Client, check: Callable[[Any], None], changes: dict[str, Any]
) -> None:
    body = form(sighting(encounters=[encounter(**changes)]))
    with pytest.raises(Forbidden):
        check(body)
    response = researcher.post_json(ASSET_GROUPS, body)
    assert response.status_int == 422
    paths = {f"sightings.0.encounters.0.{field}" for field in changes}
    assert set(response.json["messages"]) == paths
