"""The regions of the site: a tree of places, some of which are mere headings."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from houston.core.errors import shown
from houston.core.values import GUID_FORM
from houston.modules.site_settings.draft import Draft
from houston.modules.site_settings.kinds import Structure
from houston.modules.site_settings.structures.shapes import (
    MOST_ITEMS,
    Member,
    Shape,
    list_of,
    quoted,
    repeated,
)

KEY = "site.custom.regions"
CHILDREN = "locationID"
NODE = Shape(
    (
        Member("id", str, filled=True, details={"format": "uuid"}),
        Member("name", str, required=False),
        Member("placeholderOnly", bool, required=False),
        Member(CHILDREN, list, required=False),
    )
)


class Region(NamedTuple):
    """A place; a placeholder holds others together, and nothing can be seen at it itself."""

    id: str
    name: str
    placeholder_only: bool


class Regions(Structure):
    """The tree, below `locationID`."""

    expected = dict
    empty: dict[str, Any] = {}

    def read(self, key: str, value: Any, draft: Draft) -> Any:
        """The tree, whose ids are guids and each there once; what is in use stays as it is."""
        if value == {}:
            _protect(key, {}, draft)
            return value
        if not isinstance(value, dict) or not isinstance(value.get(CHILDREN), list):
            draft.refuse(key, f'must be a dict with top-level value "{CHILDREN}"')
            return self.empty
        faults = list(_faults(value))
        for fault in faults:
            draft.refuse(key, fault)
        if not faults:
            _protect(key, regions_of(value), draft)
        return value

    def json_schema(self) -> dict[str, Any]:
        """An object of objects, whatever their depth."""
        return {"type": "object", "properties": {CHILDREN: list_of(NODE)}}


def regions_of(value: Mapping[str, Any]) -> dict[str, Region]:
    """Every region of the tree by its id in lower case; of two with one id, the first."""
    regions: dict[str, Region] = {}
    for node in _nodes(value):
        id = node["id"].lower()
        name = node.get("name") or node["id"]
        regions.setdefault(id, Region(id, name, bool(node.get("placeholderOnly"))))
    return regions


def _nodes(value: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The nodes below one, depth first."""
    for node in value.get(CHILDREN) or ():
        yield node
        if isinstance(node, dict) and isinstance(node.get(CHILDREN), list):
            yield from _nodes(node)


def _faults(value: Mapping[str, Any]) -> Iterator[str]:
    ids: list[str] = []
    for number, node in enumerate(_nodes(value)):
        if number == MOST_ITEMS:
            yield f"{KEY} has more than {MOST_ITEMS} regions"
            return
        wrong = list(NODE.faults(node, KEY))
        if not wrong and not GUID_FORM.match(node["id"]):
            wrong = [f"Region {shown(node['id'])} does not have a valid UUID as its id"]
        if not wrong:
            ids.append(node["id"].lower())
        yield from wrong
    for id in repeated(ids):
        yield f"Region {id} occurs more than once in {KEY}"


def _protect(key: str, after: Mapping[str, Region], draft: Draft) -> None:
    """Note regions that are in use and would go, or be mere headings."""
    before = regions_of(draft.before[key])
    gone = before.keys() - after.keys()
    headings = {
        id
        for id, region in after.items()
        if region.placeholder_only and id in before and not before[id].placeholder_only
    }
    used = draft.in_use("regions", gone | headings)
    if missing := gone & used.keys():
        draft.contradict(key, f"Missing region guids in use: {quoted(missing)}")
    for id in sorted(headings & used.keys()):
        draft.contradict(
            key,
            f"Region {id} ({after[id].name}) cannot be set to placeholderOnly as it has data set "
            "with this value",
        )
