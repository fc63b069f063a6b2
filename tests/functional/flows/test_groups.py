"""Flows C1 and C2: social groups, and relationships on the page of an individual."""

from typing import Any
from uuid import UUID

import pytest

from tests.factories.relationships import CALF, FAMILY, MOTHER, TYPES
from tests.factories.sightings import EncounterFactory
from tests.factories.social_groups import GUARD, MATRIARCH
from tests.factories.social_groups import ROLES as GROUP_ROLES
from tests.functional.flows.web_client import WebClient


@pytest.fixture
def animals(jane: WebClient, taxonomy: str) -> list[str]:
    """Return the guids of two named individuals of Jane, on a site with roles."""
    for key, value in (("relationship_type_roles", TYPES), ("social_group_roles", GROUP_ROLES)):
        jane.mutate("POST", f"/site-settings/data/{key}", {"value": value})
    _, me = jane.load()
    assert me is not None
    guids = []
    for name in ("Zoe", "Zack"):
        encounter = EncounterFactory(owner_guid=UUID(me["guid"]), owner=None)
        body = {
            "names": [{"context": "FirstName", "value": name}],
            "sex": None,
            "taxonomy": taxonomy,
            "encounters": [{"id": str(encounter.guid)}],
        }
        guids.append(jane.mutate("POST", "/individuals/", body).json["guid"])
    return guids


def test_social_groups(jane: WebClient, animals: list[str]) -> None:
    zoe, zack = animals
    assert jane.get("/social-groups").json == []
    created = jane.mutate("POST", "/social-groups/", {"name": "Herd", "members": {}}).json
    address = f"/social-groups/{created['guid']}"
    (row,) = jane.get("/social-groups").json
    assert (row["guid"], row["name"]) == (created["guid"], "Herd")

    def replace(**values: Any) -> None:
        operations = [
            {"op": "replace", "path": f"/{name}", "value": value} for name, value in values.items()
        ]
        jane.mutate("PATCH", address, operations)

    replace(members={zoe: {"role_guids": [MATRIARCH]}})
    members = {**jane.get(address).json["members"], zack: {"role_guids": [GUARD]}}
    replace(members=members)
    (group,) = jane.get(f"/individuals/{zack}").json["social_groups"]
    assert (group["name"], group["members"]) == ("Herd", members)
    replace(name="Herd of the river", members={zoe: {"role_guids": []}})
    shown = jane.get(address).json
    assert shown["created"]
    assert (shown["name"], list(shown["members"])) == ("Herd of the river", [zoe])
    replace(members={})
    assert jane.get(address).json["members"] == {}
    refused = jane.send("POST", "/social-groups/", {"name": "Herd of the river", "members": {}})
    assert refused.json["message"] == "Social group with name Herd of the river already exists"
    jane.mutate("DELETE", address)
    assert jane.get("/social-groups").json == []


def test_relationships(jane: WebClient, animals: list[str]) -> None:
    zoe, zack = animals
    settings, _ = jane.load()
    family = settings["relationship_type_roles"]["value"][FAMILY]
    roles = {role["label"]: role["guid"] for role in family["roles"]}
    assert roles == {"Mother": MOTHER, "Calf": CALF}
    body = {
        "individual_1_guid": zoe,
        "individual_2_guid": zack,
        "individual_1_role_guid": roles["Mother"],
        "individual_2_role_guid": roles["Calf"],
        "type_guid": family["guid"],
    }
    created = jane.mutate("POST", "/relationships/", body).json
    for guid, (own_role, other_name) in {zoe: ("Mother", "Zack"), zack: ("Calf", "Zoe")}.items():
        (relationship,) = jane.get(f"/individuals/{guid}").json["relationships"]
        assert (relationship["guid"], relationship["type_label"]) == (created["guid"], "Family")
        own, other = sorted(
            relationship["individual_members"],
            key=lambda member: member["individual_guid"] != guid,
        )
        assert own["individual_role_label"] == own_role
        assert other["individual_first_name"] == other_name
    refused = jane.send("POST", "/relationships/", body)
    assert refused.status_int == 409
    assert isinstance(refused.json["message"], str)
    jane.mutate("DELETE", f"/relationships/{created['guid']}")
    assert jane.get(f"/individuals/{zoe}").json["relationships"] == []
