"""Flow B3: the download icon on the pages of sightings, animals and individuals."""

import pytest

from tests.factories.sightings import EncounterFactory
from tests.functional.exports.conftest import sheets_of
from tests.functional.flows.test_report import report
from tests.functional.flows.web_client import WebClient

PAGE = "limit=100&offset=0&sort=created&reverse=true"
EVERYTHING = {"bool": {"filter": []}}


@pytest.fixture
def sighting(jane: WebClient, taxonomy: str) -> str:
    """Return the guid of a committed report without photographs."""
    group = jane.mutate("POST", "/asset_groups/", report(taxonomy, [])).json
    pending = group["asset_group_sightings"][0]["guid"]
    guid: str = jane.get(f"/asset_groups/sighting/as_sighting/{pending}").json["sightingGuid"]
    return guid


def test_the_page_of_sightings_is_saved(jane: WebClient, sighting: str) -> None:
    saved = jane.mutate("POST", f"/sightings/export?{PAGE}", EVERYTHING)
    (row,) = sheets_of(saved)["Sighting Results"]
    assert (row["guid"], row["locationName"]) == (sighting, "Mara River")


def test_the_page_of_animals_is_saved(jane: WebClient, sighting: str) -> None:
    query = {"bool": {"filter": [{"match": {"sex": "female"}}]}}
    (row,) = sheets_of(jane.mutate("POST", f"/encounters/export?{PAGE}", query))[
        "Encounter Results"
    ]
    assert (row["sightingGuid"], row["taxonomy"]) == (sighting, "Equus quagga")


def test_a_dialog_explains_that_nothing_can_be_exported(
    jane: WebClient, visitor: WebClient
) -> None:
    assert jane.send("POST", f"/individuals/export?{PAGE}", EVERYTHING).status_int == 400
    EncounterFactory()
    account = {"email": "joe@example.org", "password": "a password of Joe"}
    jane.mutate("POST", "/users/", account)
    assert visitor.sign_in(**account).json["success"] is True
    assert visitor.send("POST", f"/sightings/export?{PAGE}", EVERYTHING).status_int == 403
