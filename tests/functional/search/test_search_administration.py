"""The administration of searches, which are never out of step."""

from typing import Any

import pytest

from tests.clients_of_roles import Client
from tests.factories.sightings import SightingFactory
from tests.factories.users import UserFactory

SEARCH = "/api/v1/search"


def mappings(client: Client, index: str) -> Any:
    response = client.get(f"{SEARCH}/{index}/mappings")
    assert response.status_int == 200, response.json
    return response.json


def test_each_index_is_the_address_of_a_search(client_for: Any) -> None:
    admin = client_for(UserFactory(is_admin=True, is_researcher=True))
    names = admin.get(f"{SEARCH}/").json
    assert {"sightings", "encounters", "individuals", "asset_groups.sighting"} <= set(names)
    assert names == sorted(names)
    for name in names:
        assert admin.get(f"/api/v1/{name.replace('.', '/')}/search").status_int == 200
        assert "guid" in mappings(admin, name)


def test_mappings_have_the_fields_by_type(user: Client) -> None:
    fields = mappings(user, "individuals")
    assert {
        "created", "guid", "customFields", "encounters", "has_annotations", "updated",
        "last_seen", "firstName_keyword", "num_encounters", "birth", "death", "names",
        "firstName", "comments",
    } <= fields.keys()  # fmt: skip
    assert fields["customFields"] == {"type": "object", "dynamic": True}
    assert fields["firstName_keyword"] == {"type": "keyword", "index": False}
    encounters = fields["encounters"]
    assert encounters["type"] == "nested"
    assert encounters["properties"]["sex"] == {"type": "keyword"}
    fields = mappings(user, "sightings")
    types = {name: fields[name]["type"] for name in ("comments", "time", "location_geo_point")}
    assert types == {"comments": "text", "time": "date", "location_geo_point": "geo_point"}
    assert fields["locationId_value"] == {"type": "text"}


def test_fields_of_higher_modules_are_among_them(user: Client) -> None:
    assert mappings(user, "sightings")["individualNames"] == {"type": "keyword"}
    assert {"relationships", "social_groups"} <= mappings(user, "individuals").keys()


@pytest.mark.parametrize("index", ["unknown", "search", "app.modules.names.models.name"])
def test_there_is_no_other_index(user: Client, index: str) -> None:
    assert user.get(f"{SEARCH}/{index}/mappings").status_int == 404


def test_nothing_is_out_of_step(admin: Client, user: Client) -> None:
    row = SightingFactory()
    assert user.get(f"{SEARCH}/status").json == {}
    (found,) = admin.get("/api/v1/sightings/search").json
    assert found["guid"] == str(row.guid)


def test_administrators_synchronize(admin: Client, researcher: Client) -> None:
    for method in ("GET", "POST"):
        assert admin.request(f"{SEARCH}/sync", method=method).json == {}
        assert researcher.request(f"{SEARCH}/sync", method=method).status_int == 403
