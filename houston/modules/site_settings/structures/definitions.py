"""The custom fields of a class of objects: what an administrator adds to what a sighting says.

A definition of which some object has a value can neither change nor go.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from houston.core.errors import shown
from houston.core.values import equal
from houston.modules.site_settings.draft import Draft
from houston.modules.site_settings.kinds import Structure
from houston.modules.site_settings.structures import categories
from houston.modules.site_settings.structures.shapes import (
    MOST_ITEMS,
    Member,
    Shape,
    list_of,
    repeated,
)

DISPLAY_TYPES = (
    "string",
    "longstring",
    "select",
    "multiselect",
    "boolean",
    "integer",
    "float",
    "date",
    "daterange",
    "feetmeters",
    "latlong",
    "individual",
    "specifiedTime",
    "locationId",
    "locationID",
    "file",
)
"""The web client spells the region's in one way here and in the other way there."""
WITH_CHOICES = ("select", "multiselect")
SCHEMA = Shape(
    (
        Member("category", str),
        Member("displayType", str, details={"enum": list(DISPLAY_TYPES)}),
        Member("label", str, filled=True),
        Member("description", str, required=False),
    )
)
DEFINITION = Shape(
    (
        Member("id", str, filled=True),
        Member("name", str, filled=True),
        Member("multiple", bool),
        Member("required", bool, required=False),
        Member("type", str, required=False),
        Member("schema", dict, details=SCHEMA.json_schema()),
    )
)


class Definitions(Structure):
    """The definitions of one class, below `definitions`; all of them replace those before."""

    expected = dict
    empty: dict[str, Any] = {}

    def __init__(self, noun: str) -> None:
        self.name = f"customFields.{noun}"
        self._type = noun.lower()

    def read(self, key: str, value: Any, draft: Draft) -> Any:
        """The definitions; what is wrong with one is told with its id."""
        if value == {}:
            self._protect(key, {}, draft)
            return value
        if not isinstance(value, dict) or "definitions" not in value:
            draft.refuse(key, f"{self.name} must contain a 'definitions' block")
            return self.empty
        definitions = value["definitions"]
        if not isinstance(definitions, list):
            draft.refuse(key, f"{self.name} needs to be a list")
            return self.empty
        faults = list(self._faults(definitions, draft))
        for fault in faults:
            draft.refuse(key, fault)
        if not faults:
            self._protect(key, by_id(value), draft)
        return {"definitions": definitions}

    def json_schema(self) -> dict[str, Any]:
        """An object that holds an array of definitions."""
        return {"type": "object", "properties": {"definitions": list_of(DEFINITION)}}

    def _faults(self, definitions: list[Any], draft: Draft) -> Iterator[str]:
        if len(definitions) > MOST_ITEMS:
            yield f"{self.name} has more than {MOST_ITEMS} definitions"
            return
        known = {item["id"] for item in draft.after(categories.KEY) if item["type"] == self._type}
        ids = []
        for definition in definitions:
            wrong = list(DEFINITION.faults(definition, self.name))
            wrong = wrong or list(SCHEMA.faults(definition["schema"], f"{self.name}.schema"))
            if not wrong:
                ids.append(definition["id"])
                wrong = list(self._faults_of_one(definition, known))
            yield from wrong
        for id in repeated(ids):
            yield f"{self.name} id {shown(id)} occurs more than once"

    def _faults_of_one(self, definition: Mapping[str, Any], known: set[str]) -> Iterator[str]:
        schema = definition["schema"]
        category, display = shown(schema["category"]), schema["displayType"]
        if schema["category"] not in known:
            yield f"{self.name} category-id {category} not found"
        if display not in DISPLAY_TYPES:
            yield f"{self.name} id {category}: displayType {shown(display)} not valid"
        if display == "multiselect" and not definition["multiple"]:
            yield f"{self.name} id {category}: multiselect must have multiple=true"
        if display in WITH_CHOICES:
            for fault in _faults_of_choices(schema.get("choices")):
                yield f"{self.name} id {category}: choices {fault}"

    def _protect(self, key: str, after: Mapping[str, Any], draft: Draft) -> None:
        """Note definitions that objects have values of, and that would change or go."""
        before = by_id(draft.before[key])
        touched = {id for id in before if id not in after or not equal(before[id], after[id])}
        for id, count in sorted(draft.in_use(self.name, touched).items()):
            draft.num_values += count
            verb = "changed" if id in after else "dropped"
            draft.contradict(
                key, f"{self.name} id {id} in use by {count} objects; cannot be {verb}"
            )


def by_id(value: Mapping[str, Any]) -> dict[str, Any]:
    """The definitions of one class by their ids."""
    return {definition["id"]: definition for definition in value.get("definitions", ())}


def _faults_of_choices(choices: Any) -> Iterator[str]:
    if not isinstance(choices, list):
        yield "is required and must be a list"
        return
    if not choices:
        yield "must have at least one value"
    seen: list[Any] = []
    for choice in choices[:MOST_ITEMS]:
        fault = _fault_of_choice(choice, seen)
        if fault is not None:
            yield f"item {shown(choice)} {fault}"
        else:
            seen.append(choice["value"])


def _fault_of_choice(choice: Any, seen: list[Any]) -> str | None:
    if not isinstance(choice, dict):
        return "is not a dict"
    for name in ("label", "value"):
        if name not in choice:
            return f"missing {name}"
    if any(equal(choice["value"], each) for each in seen):
        return "has duplicate value"
    return None
