"""Times of observations are kept as an instant with an offset, and sent as RFC 3339."""

import re
from typing import Any

import pytest

from tests.clients_of_roles import Client
from tests.functional.asset_groups.reports import (
    ASSET_GROUPS,
    change,
    encounter,
    sighting,
    table,
)

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
FORMS = [
    ("2023-05-04T06:30:00+03", "2023-05-04T06:30:00+03:00"),
    ("2023-05-04T06:30:00,5Z", "2023-05-04T06:30:00.500000+00:00"),
    ("2023-05-04 06:30-0330", "2023-05-04T06:30:00-03:30"),
    ("2023-05-04t06:30:00z", "2023-05-04T06:30:00+00:00"),
    ("2023-05-04T06:30:00.123456789+03:00", "2023-05-04T06:30:00.123456+03:00"),
]


@pytest.fixture
def created(researcher: Client) -> Any:
    return researcher.post_json(ASSET_GROUPS, table(sighting())).json["asset_group_sightings"][0]


@pytest.mark.parametrize(("sent", "expected"), FORMS)
def test_times_of_reports(researcher: Client, sent: str, expected: str) -> None:
    assert RFC_3339.fullmatch(expected)
    row = sighting(time=sent, encounters=[encounter(time=sent)])
    response = researcher.post_json(ASSET_GROUPS, table(row))
    assert response.status_int == 200, response.json
    (found,) = response.json["asset_group_sightings"]
    config = found["config"]["sighting"]
    assert (config["time"], config["encounters"][0]["time"]) == (expected, expected)
    address = f"{ASSET_GROUPS}/sighting/as_sighting/{found['guid']}"
    shown = researcher.get(address).json
    assert (shown["time"], shown["encounters"][0]["time"]) == (expected, expected)


@pytest.mark.parametrize(("sent", "expected"), FORMS)
def test_times_of_changes(researcher: Client, created: Any, sent: str, expected: str) -> None:
    address = f"{ASSET_GROUPS}/sighting/as_sighting/{created['guid']}"
    changed = researcher.patch_json(address, [change("/time", sent)])
    assert changed.json["time"] == expected
    (given,) = changed.json["encounters"]
    place = f"{address}/encounter/{given['guid']}"
    assert researcher.patch_json(place, [change("/time", sent)]).json["time"] == expected
