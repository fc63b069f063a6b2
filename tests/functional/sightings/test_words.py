"""Words in names, localities and notes are found as soon as they are written, and as indexed."""

from typing import Any

import pytest

from houston.core.api import listing
from tests.clients_of_roles import Client
from tests.factories.individuals import NameFactory
from tests.factories.sightings import EncounterFactory, SightingFactory

SIGHTINGS, ENCOUNTERS = "/api/v1/sightings", "/api/v1/encounters"
FIELDS = ["individualNames", "verbatimLocality", "comments", "nothing"]
NAMES = ["individualNamesWithContexts.FirstName", "verbatimLocality"]


@pytest.fixture(autouse=True, params=["by lists", "one by one"])
def _rows_of_a_page(request: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Find the rows of a page in both ways."""
    if request.param == "one by one":
        monkeypatch.setattr(listing, "MANY", 0)


@pytest.fixture
def zoe(researcher: Client) -> Any:
    """Return an own sighting of an individual with a name."""
    row = SightingFactory(verbatim_locality="Water hole", comments="A foal limps.")
    EncounterFactory(
        sighting=row,
        owner=researcher.account,
        individual_guid=NameFactory(value="Zoe 123").individual_guid,
    )
    return row


@pytest.fixture
def hidden() -> Any:
    """Return a sighting of somebody else, whose notes and names a researcher may not read."""
    row = SightingFactory(verbatim_locality="Water tower", comments="Den of a foal.")
    name = NameFactory(value="Zoe 124")
    EncounterFactory(sighting=row, individual_guid=name.individual_guid, verbatim_locality="Tree")
    return row


def found(client: Client, text: str, noun: str = SIGHTINGS, **members: Any) -> set[str]:
    query = {"query_string": {"query": text, "fields": FIELDS, **members}}
    response = client.post_json(f"{noun}/search", query)
    assert response.status_int == 200, response.json
    assert response.headers["X-Total-Count"] == str(len(response.json))
    return {row["guid"] for row in response.json}


@pytest.mark.parametrize("text", ["*foal*", "zoe", "12", "Water", "o*l", "123 limps", "a"])
def test_words_in_any_field(
    researcher: Client, admin: Client, zoe: Any, hidden: Any, text: str
) -> None:
    everyone = {str(zoe.guid), str(hidden.guid)}
    assert found(admin, text) == everyone - ({str(hidden.guid)} if "123" in text else set())
    shown = everyone if text in ("Water", "a") else {str(zoe.guid)}
    assert found(researcher, text) == shown


def test_all_words(admin: Client, zoe: Any, hidden: Any) -> None:
    assert found(admin, "*water* *den*", default_operator="AND") == {str(hidden.guid)}
    assert found(admin, "*limps* *den*") == {str(zoe.guid), str(hidden.guid)}
    without = {"must_not": [{"query_string": {"query": "limps", "fields": FIELDS}}]}
    response = admin.post_json(f"{SIGHTINGS}/search", {"bool": without})
    assert [row["guid"] for row in response.json] == [str(hidden.guid)]


def test_encounters_by_their_own_words_and_those_of_their_sightings(
    admin: Client, zoe: Any, hidden: Any
) -> None:
    (of_zoe,), (of_hidden,) = zoe.encounters, hidden.encounters
    assert found(admin, "tree", ENCOUNTERS, fields=NAMES) == {str(of_hidden.guid)}
    assert found(admin, "water", ENCOUNTERS, fields=NAMES) == {str(of_zoe.guid)}
    both = {str(of_zoe.guid), str(of_hidden.guid)}
    assert found(admin, "zoe", ENCOUNTERS, fields=NAMES) == both


def test_words_are_found_as_soon_as_they_are_written(researcher: Client, zoe: Any) -> None:
    def write(comments: str | None) -> None:
        change = [{"op": "replace", "path": "/comments", "value": comments}]
        response = researcher.patch_json(f"{SIGHTINGS}/{zoe.guid}", change)
        assert response.status_int == 200, response.json

    write("Grazing")
    assert found(researcher, "graz") == {str(zoe.guid)}
    assert found(researcher, "limps") == set()
    write(None)
    assert found(researcher, "graz") == set()
    write("Drinking")
    assert found(researcher, "drink") == {str(zoe.guid)}
    (encounter,) = zoe.encounters
    headers = {f"x-allow-delete-cascade-{noun}": "true" for noun in ("sighting", "individual")}
    response = researcher.delete(f"{ENCOUNTERS}/{encounter.guid}", headers=headers)
    assert response.status_int == 204, response.json
    assert found(researcher, "drink") == set()
