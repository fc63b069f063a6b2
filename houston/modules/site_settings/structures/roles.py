"""What individuals can be to each other: the types of relationships, and the roles in groups."""

from collections.abc import Iterator, Mapping
from typing import Any

from houston.core.errors import shown
from houston.core.values import GUID_FORM
from houston.modules.site_settings.draft import Draft
from houston.modules.site_settings.kinds import Structure
from houston.modules.site_settings.structures.shapes import MOST_ITEMS, Member, Shape, list_of

GUID = {"format": "uuid"}
ROLE = Shape((Member("guid", str, details=GUID), Member("label", str)))
TYPE = Shape(
    (
        Member("guid", str, details=GUID),
        Member("label", str),
        Member("roles", list, details={"items": ROLE.json_schema()}),
    )
)
GROUP_ROLE = Shape(
    (
        Member("guid", str, filled=True, details=GUID),
        Member("label", str, filled=True),
        Member("multipleInGroup", bool),
    )
)
MISSING = "Missing data for required field."
REASONS = {"guid": "Not a valid UUID.", "label": "Not a valid string.", "roles": "Invalid type."}


class RelationshipTypes(Structure):
    """The types by their guids, each with the roles that its two members can have."""

    expected = dict
    empty: dict[str, Any] = {}

    def check(self, key: str, value: Any, draft: Draft) -> Any:
        """The types."""
        if len(value) > MOST_ITEMS:
            draft.refuse(key, f"{key} has more than {MOST_ITEMS} entries")
            return self.empty
        for guid, type in value.items():
            for fault in _faults_of_type(guid, type):
                draft.refuse(key, fault)
        return value

    def json_schema(self) -> dict[str, Any]:
        """An object of types."""
        return {
            "type": "object",
            "additionalProperties": TYPE.json_schema(additionalProperties=False),
        }


class GroupRoles(Structure):
    """The roles that members of a social group can have."""

    expected = list
    empty: list[Any] = []

    def read(self, key: str, value: Any, draft: Draft) -> Any:
        """The roles."""
        for fault in _faults_of_roles(value):
            draft.refuse(key, fault)
        return value

    def json_schema(self) -> dict[str, Any]:
        """An array of roles."""
        return list_of(GROUP_ROLE)


def _faults_of_type(guid: str, type: Any) -> Iterator[str]:
    faults = list(_faults_of_members("", type, TYPE))
    yield from faults
    if faults:
        return
    if type["guid"] != guid:
        yield f'"{shown(guid)}": Must be the guid of its type.'
    for number, role in enumerate(type["roles"][:MOST_ITEMS]):
        yield from _faults_of_members(f"roles.{number}.", role, ROLE)


def _faults_of_members(path: str, item: Any, shape: Shape) -> Iterator[str]:
    if not isinstance(item, dict):
        yield f'"{path.rstrip(".") or "_schema"}": Invalid input type.'
        return
    names = [member.name for member in shape.members]
    for member in shape.members:
        if member.name not in item:
            yield f'"{path}{member.name}": {MISSING}'
        elif not _is_good(member, item[member.name]):
            yield f'"{path}{member.name}": {REASONS[member.name]}'
    if unknown := [name for name in item if name not in names]:
        yield f"Unknown field(s): {shown(', '.join(unknown))}, options are {', '.join(names)}."


def _is_good(member: Member, value: Any) -> bool:
    if member.name == "guid":
        return isinstance(value, str) and bool(GUID_FORM.match(value))
    return isinstance(value, member.type)


def _faults_of_roles(value: Any) -> Iterator[str]:
    if not isinstance(value, list) or len(value) > MOST_ITEMS:
        yield "Role data needs to be a list"
        return
    labels: set[str] = set()
    names = {member.name for member in GROUP_ROLE.members}
    for role in value:
        if not isinstance(role, dict):
            yield "Role data needs to be a list of dictionaries"
        elif role.keys() != names:
            yield f"Role dictionary must have the following keys : {_listed(names)}"
        else:
            yield from _faults_of_role(role, labels)


def _faults_of_role(role: Mapping[str, Any], labels: set[str]) -> Iterator[str]:
    faults = list(GROUP_ROLE.faults(role, "social_group_roles"))
    yield from faults
    if faults:
        return
    if not GUID_FORM.match(role["guid"]):
        yield f"guid {shown(role['guid'])} is not a valid UUID in social_group_roles"
    if role["label"] in labels:
        yield f"can only have {shown(role['label'])} once"
    labels.add(role["label"])


def _listed(names: set[str]) -> str:
    return "{" + ", ".join(f"'{name}'" for name in sorted(names)) + "}"
