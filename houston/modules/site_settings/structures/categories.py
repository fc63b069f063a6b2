"""The categories that custom fields are sorted into on pages: each of one class of objects."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from houston.core.errors import shown
from houston.modules.site_settings.draft import Draft
from houston.modules.site_settings.kinds import Structure
from houston.modules.site_settings.structures.shapes import (
    MOST_ITEMS,
    Member,
    Shape,
    list_of,
    repeated,
)

KEY = "site.custom.customFieldCategories"
FIELDS = "site.custom.customFields"
CLASSES = ("Encounter", "Sighting", "Individual")
TYPES = tuple(name.lower() for name in CLASSES)
NAME = "customFieldCategories"
CATEGORY = Shape(
    (
        Member("id", str, filled=True),
        Member("label", str, filled=True),
        Member("type", str, filled=True, details={"enum": list(TYPES)}),
    )
)


class Categories(Structure):
    """The categories; one that has definitions keeps its type, and stays."""

    expected = list
    empty: list[Any] = []

    def read(self, key: str, value: Any, draft: Draft) -> Any:
        """The categories."""
        if not isinstance(value, list):
            draft.refuse(key, f"{NAME} needs to be a list")
            return self.empty
        faults = list(_faults(value))
        for fault in faults:
            draft.refuse(key, fault)
        if not faults:
            for fault in _contradictions(value, draft):
                draft.contradict(key, fault)
        return value

    def json_schema(self) -> dict[str, Any]:
        """An array of categories."""
        return list_of(CATEGORY)


def _faults(value: list[Any]) -> Iterator[str]:
    if len(value) > MOST_ITEMS:
        yield f"{NAME} has more than {MOST_ITEMS} entries"
        return
    ids = []
    for item in value:
        wrong = list(CATEGORY.faults(item, NAME))
        yield from wrong
        if wrong:
            continue
        ids.append(item["id"])
        if item["type"] not in TYPES:
            yield f"{NAME} item {shown(item)} includes invalid type"
    for id in repeated(ids):
        yield f"{NAME} guid {shown(id)} occurs more than once"


def _contradictions(value: list[dict[str, Any]], draft: Draft) -> Iterator[str]:
    """What the definitions that stay as they are would lose; others are read against these."""
    used = Counter(
        definition["schema"]["category"]
        for name in CLASSES
        if f"{FIELDS}.{name}" not in draft.proposed
        for definition in draft.before[f"{FIELDS}.{name}"].get("definitions", ())
    )
    types = {item["id"]: item["type"] for item in value}
    for before in draft.before[KEY]:
        id = before["id"]
        if id not in types and used[id]:
            yield (
                f"{NAME} guid {id} was removed but is still in use by {used[id]} "
                "customField definition(s)"
            )
        elif id in types and types[id] != before["type"] and used[id]:
            yield f"{NAME} item {shown(before)} cannot modify an existing category type"
