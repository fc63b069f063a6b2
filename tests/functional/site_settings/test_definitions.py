"""Validation of custom fields, categories and roles, and protection of those in use."""

from copy import deepcopy
from typing import Any
from uuid import uuid4

import pytest

from houston.modules.site_settings.structured import DISPLAY_TYPES
from tests.clients_of_roles import Client
from tests.factories.site_settings import category, definition
from tests.functional.site_settings.conftest import DATA, Uses, accepted, faults

CATEGORIES, FIELDS = "site.custom.customFieldCategories", "site.custom.customFields.Sighting"
TYPES, ROLES = "relationship_type_roles", "social_group_roles"


class TestCategories:
    def test_list(self, admin: Client) -> None:
        given = [category(timeCreated=5), category("encounter")]
        assert accepted(admin, CATEGORIES, given) == given

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ({}, "customFieldCategories needs to be a list"),
            (
                [{**category(), "label": ""}],
                "label cannot be empty string in customFieldCategories",
            ),
            ([{"id": "x", "label": "x"}], "type field missing from customFieldCategories"),
            (
                [{"id": "x", "label": "x", "type": "team"}],
                "customFieldCategories item {'id': 'x', 'label': 'x', 'type': 'team'} includes "
                "invalid type",
            ),
        ],
    )
    def test_invalid_values(self, admin: Client, value: Any, text: str) -> None:
        assert faults(admin, CATEGORIES, value) == [text]

    def test_category_with_definitions_cannot_change(self, admin: Client) -> None:
        used, unused = category(), category("individual")
        accepted(admin, CATEGORIES, [used, unused])
        accepted(admin, FIELDS, {"definitions": [in_category(used)]})
        text = (
            f"customFieldCategories guid {used['id']} was removed but is still in use by 1 "
            "customField definition(s)"
        )
        assert faults(admin, CATEGORIES, [unused], 409) == [text]
        assert admin.delete(f"{DATA}/{CATEGORIES}").status_int == 409
        changed = [{**used, "type": "encounter"}]
        assert faults(admin, CATEGORIES, changed, 409)[0].endswith(
            "cannot modify an existing category type"
        )
        accepted(admin, CATEGORIES, [{**used, "label": "Rain"}, {**unused, "type": "encounter"}])
        both = {CATEGORIES: [], FIELDS: {"definitions": []}}
        assert admin.post_json(DATA, both).status_int == 200


def in_category(category: dict[str, Any], *args: Any, **schema: Any) -> dict[str, Any]:
    """Return a definition in a category."""
    return definition(*args, category=category["id"], **schema)


class TestDefinitions:
    @pytest.fixture
    def weather(self, admin: Client) -> dict[str, Any]:
        """Create a category of fields of sightings."""
        weather, other = category(), category("encounter", id="other")
        accepted(admin, CATEGORIES, [weather, other])
        return weather

    @pytest.mark.parametrize(
        "display", [each for each in DISPLAY_TYPES if each not in ("select", "multiselect")]
    )
    def test_every_display_type(self, admin: Client, weather: dict[str, Any], display: str) -> None:
        field = {**in_category(weather, display), "timeCreated": 5, "default": None, "type": "x"}
        value = {"definitions": [field]}
        assert accepted(admin, FIELDS, value) == value

    def test_choices(self, admin: Client, weather: dict[str, Any]) -> None:
        choices = [{"label": "Rain", "value": "rain"}, {"label": "?", "value": None}]
        fields = [
            in_category(weather, "select", choices=choices),
            in_category(weather, "multiselect", choices=choices) | {"multiple": True},
        ]
        accepted(admin, FIELDS, {"definitions": fields})

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ({"fields": []}, "customFields.Sighting must contain a 'definitions' block"),
            ([], "customFields.Sighting must contain a 'definitions' block"),
            ({"definitions": {}}, "customFields.Sighting needs to be a list"),
            ({"definitions": ["x"]}, "customFields.Sighting items need to be a dict"),
        ],
    )
    def test_invalid_blocks(self, admin: Client, value: Any, text: str) -> None:
        assert faults(admin, FIELDS, value) == [text]

    @pytest.mark.parametrize(
        ("changes", "text"),
        [
            ({"name": ""}, "name cannot be empty string in customFields.Sighting"),
            (
                {"multiple": 0},
                "multiple field had incorrect type, expected bool in customFields.Sighting",
            ),
            ({"required": None}, "required incorrect type in customFields.Sighting"),
            (
                {"schema": []},
                "schema field had incorrect type, expected dict in customFields.Sighting",
            ),
        ],
    )
    def test_invalid_values(
        self, admin: Client, weather: dict[str, Any], changes: dict[str, Any], text: str
    ) -> None:
        field = in_category(weather) | changes
        assert faults(admin, FIELDS, {"definitions": [field]}) == [text]

    @pytest.mark.parametrize(
        ("schema", "text"),
        [
            ({"label": ""}, "label cannot be empty string in customFields.Sighting.schema"),
            ({"category": "none"}, "customFields.Sighting category-id none not found"),
            ({"category": "other"}, "customFields.Sighting category-id other not found"),
            ({"displayType": "smell"}, "customFields.Sighting id {}: displayType smell not valid"),
            (
                {"displayType": "multiselect", "choices": [{"label": "x", "value": 1}]},
                "customFields.Sighting id {}: multiselect must have multiple=true",
            ),
            (
                {"displayType": "select"},
                "customFields.Sighting id {}: choices is required and must be a list",
            ),
            (
                {"displayType": "select", "choices": []},
                "customFields.Sighting id {}: choices must have at least one value",
            ),
            (
                {"displayType": "select", "choices": ["x"]},
                "customFields.Sighting id {}: choices item x is not a dict",
            ),
            (
                {"displayType": "select", "choices": [{"value": 1}]},
                "customFields.Sighting id {}: choices item {{'value': 1}} missing label",
            ),
            (
                {"displayType": "select", "choices": [{"label": "x"}]},
                "customFields.Sighting id {}: choices item {{'label': 'x'}} missing value",
            ),
            (
                {"displayType": "select", "choices": [{"label": "x", "value": 1}] * 2},
                "customFields.Sighting id {}: choices item {{'label': 'x', 'value': 1}} has "
                "duplicate value",
            ),
        ],
    )
    def test_invalid_members(
        self, admin: Client, weather: dict[str, Any], schema: dict[str, Any], text: str
    ) -> None:
        field = in_category(weather)
        field["schema"] |= schema
        assert faults(admin, FIELDS, {"definitions": [field]}) == [text.format(weather["id"])]

    def test_definition_with_values_cannot_change_or_be_removed(
        self, admin: Client, weather: dict[str, Any], uses: Uses
    ) -> None:
        used, unused = in_category(weather), in_category(weather, "integer")
        accepted(admin, FIELDS, {"definitions": [used, unused]})
        uses("customFields.Sighting", {used["id"]: 4})
        dropped = [f"customFields.Sighting id {used['id']} in use by 4 objects; cannot be dropped"]
        assert faults(admin, FIELDS, {"definitions": [unused]}, 409) == dropped
        assert faults(admin, FIELDS, {}, 409) == dropped
        assert admin.delete(f"{DATA}/{FIELDS}").status_int == 409
        changed = deepcopy(used)
        changed["schema"]["description"] = "What it was like."
        texts = faults(admin, FIELDS, {"definitions": [changed, unused]}, 409)
        assert texts == [
            f"customFields.Sighting id {used['id']} in use by 4 objects; cannot be changed"
        ]
        accepted(admin, FIELDS, {"definitions": [used, {**unused, "required": True}]})
        accepted(admin, FIELDS, {"definitions": [used]})

    def test_categories_and_definitions_in_one_request(self, admin: Client) -> None:
        wind = category()
        values = {FIELDS: {"definitions": [in_category(wind)]}, CATEGORIES: [wind]}
        assert admin.post_json(DATA, {"value": values}).status_int == 200


class TestRelationshipTypes:
    def type(self, **values: Any) -> dict[str, Any]:
        roles = [{"guid": str(uuid4()), "label": label} for label in ("Mother", "Calf")]
        return {"guid": str(uuid4()), "label": "Family", "roles": roles, **values}

    def test_types(self, admin: Client) -> None:
        type = self.type()
        assert accepted(admin, TYPES, {type["guid"]: type}) == {type["guid"]: type}

    @pytest.mark.parametrize(
        ("changes", "text"),
        [
            ({"guid": "x"}, '"guid": Not a valid UUID.'),
            ({"label": 5}, '"label": Not a valid string.'),
            ({"roles": [{"label": "Calf"}]}, '"roles.0.guid": Missing data for required field.'),
            ({"x": 1}, "Unknown field(s): x, options are guid, label, roles."),
        ],
    )
    def test_invalid_values(self, admin: Client, changes: dict[str, Any], text: str) -> None:
        type = self.type()
        assert faults(admin, TYPES, {type["guid"]: type | changes}) == [text]

    def test_key_is_the_guid(self, admin: Client) -> None:
        assert faults(admin, TYPES, {"x": self.type()}) == ['"x": Must be the guid of its type.']
        assert faults(admin, TYPES, {"x": "y"}) == ['"_schema": Invalid input type.']


class TestGroupRoles:
    def role(self, **values: Any) -> dict[str, Any]:
        return {"guid": str(uuid4()), "label": "Matriarch", "multipleInGroup": False, **values}

    def test_roles(self, admin: Client) -> None:
        roles = [self.role(), self.role(label="Calf", multipleInGroup=True)]
        assert accepted(admin, ROLES, roles) == roles

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ({}, "Role data needs to be a list"),
            (["x"], "Role data needs to be a list of dictionaries"),
            (
                [{"guid": "x", "label": "x"}],
                "Role dictionary must have the following keys : "
                "{'guid', 'label', 'multipleInGroup'}",
            ),
        ],
    )
    def test_invalid_values(self, admin: Client, value: Any, text: str) -> None:
        assert faults(admin, ROLES, value) == [text]

    def test_duplicates_are_refused(self, admin: Client) -> None:
        assert faults(admin, ROLES, [self.role(), self.role()]) == ["can only have Matriarch once"]
        assert faults(admin, ROLES, [self.role(more=1)])
        assert faults(admin, ROLES, [self.role(guid="x")])
