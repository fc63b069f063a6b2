"""Types of relationships and their roles stay in the site settings while relationships use them."""

from copy import deepcopy
from typing import Any

import pytest

from tests.clients_of_roles import Client
from tests.factories.relationships import BAND, CALF, FAMILY, TYPES, RelationshipFactory

SETTING = "/api/v1/site-settings/data/relationship_type_roles"


def without(*, type: str = "", role: str = "") -> dict[str, Any]:
    """Return the types without one of them, or without one role."""
    types = {guid: deepcopy(each) for guid, each in TYPES.items() if guid != type}
    for each in types.values():
        each["roles"] = [other for other in each["roles"] if other["guid"] != role]
    return types


@pytest.mark.parametrize("change", [{"role": CALF}, {"type": FAMILY}])
def test_roles_in_use_cannot_be_removed(admin: Client, change: dict[str, str]) -> None:
    RelationshipFactory.create_batch(2)
    response = admin.post_json(SETTING, {"value": without(**change)})
    assert response.status_int == 409
    text = (
        "relationship_type_roles role Calf of Family in use by 2 relationships; cannot be removed"
    )
    assert text in response.json["messages"]["relationship_type_roles"]
    assert admin.get(SETTING).json["value"] == TYPES


def test_setting_in_use_cannot_be_reset(admin: Client) -> None:
    row = RelationshipFactory()
    assert admin.delete(SETTING).status_int == 409
    assert admin.get(f"/api/v1/relationships/{row.guid}").status_int == 403
    assert admin.get(SETTING).json["value"] == TYPES


def test_unused_roles_can_be_removed_and_all_be_renamed(admin: Client, researcher: Client) -> None:
    row = RelationshipFactory()
    types = without(type=BAND)
    types[FAMILY]["label"] = "Kin"
    assert admin.post_json(SETTING, {"value": types}).status_int == 200
    shown = researcher.get(f"/api/v1/relationships/{row.guid}").json
    assert shown["type_label"] == "Kin"


def test_guids_are_compared_without_regard_to_case(admin: Client) -> None:
    RelationshipFactory()
    types = {guid.upper(): {**each, "guid": guid.upper()} for guid, each in TYPES.items()}
    assert admin.post_json(SETTING, {"value": types}).status_int == 200
