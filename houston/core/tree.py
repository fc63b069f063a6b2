"""The resource tree: every address is a place in it, and every place knows its parent.

`Root > TeamCollection > TeamResource`: the fixed words of a path are declared in `children`, the
variable ones are looked up by the collection above them. `KeyError` means absent and nothing
else.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, ClassVar
from uuid import UUID

from pyramid.authorization import ALL_PERMISSIONS, Deny, Everyone
from pyramid.httpexceptions import HTTPForbidden
from pyramid.request import Request
from sqlalchemy import ColumnElement, Select, bindparam, select

from houston.core.security.grants import Grant, acl_of
from houston.core.security.identity import Identity
from houston.core.security.permissions import Permission
from houston.core.services import services_of
from houston.core.values import GUID_FORM

DENY_ALL = (Deny, Everyone, ALL_PERMISSIONS)
ID_FORM = re.compile(r"[1-9][0-9]{0,8}\Z")


class Resource:
    """A place in the tree: its grants, its fixed children and the parent whose grants it inherits.

    `noun` names the scopes of the place, `users` for `users:read`; a child without one has its
    parent's. What is granted above a `closed` place does not count for it, nor below it.
    """

    noun: str = ""
    closed: ClassVar[bool] = False
    grants: ClassVar[tuple[Grant, ...]] = ()
    children: ClassVar[Mapping[str, type["Resource"]]] = {}
    _acl: ClassVar[tuple[Any, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._acl = (*acl_of(cls.grants), DENY_ALL) if cls.closed else acl_of(cls.grants)

    def __init__(self, request: Request, parent: "Resource | None", name: str) -> None:
        self.request = request
        self.__parent__ = parent
        self.__name__ = name
        if parent is not None and not self.noun:
            self.noun = parent.noun

    def __acl__(self) -> tuple[Any, ...]:
        return self._acl

    def local_roles(self, identity: Identity) -> Iterable[str]:
        """What the caller is to this very object, such as its owner."""
        return ()

    def public_roles(self) -> Iterable[str]:
        """What everybody is to this very object, signed in or not, such as its visitor."""
        return ()

    def __getitem__(self, name: str) -> "Resource":
        return self.children[name](self.request, self, name)


class Item(Resource):
    """One object: the row is inside, and is not the resource itself.

    It is closed: whoever may list or add to a collection may not yet do so inside of its members.
    """

    closed = True

    def __init__(self, request: Request, parent: Resource, name: str, row: Any) -> None:
        super().__init__(request, parent, name)
        self.row = row


class Part(Item):
    """An object that belongs to the one above it, whose grants count for it, too."""

    closed = False


class Collection(Resource):
    """The place of many objects of one model, each under its key.

    `loading` are the options by which a row is loaded, such as what its `local_roles` will ask for.
    """

    model: ClassVar[Any]
    item: ClassVar[type[Item]]
    loading: ClassVar[tuple[Any, ...]] = ()

    def __getitem__(self, name: str) -> Resource:
        if name in self.children:
            return super().__getitem__(name)
        row = self.find(name)
        if row is None:
            raise KeyError(name)
        return self.item(self.request, self, name, row)

    def find(self, key: str) -> Any | None:
        """The row under `key`, or None; a key of the wrong form never reaches the database."""
        found = column_and_value(self.model, key)
        if found is None:
            return None
        column, value = found
        place: Any = type(self)
        row: Any = self.request.db.scalars(_by(place, column), {"value": value}).one_or_none()
        return row

    def permitted(self, guids: Iterable[UUID], permission: Permission) -> dict[UUID, Any]:
        """The rows that a request names elsewhere than in its address, by guid.

        Those that do not exist are left out; raises HTTPForbidden unless the caller may do that to
        each of the others.
        """
        statement = select(self.model).options(*self.loading)
        rows = self.request.db.scalars(statement.where(self.model.guid.in_(set(guids))))
        found = {row.guid: row for row in rows}
        for guid, row in found.items():
            place = self.item(self.request, self, str(guid), row)
            allowed = self.request.has_permission(permission, place)
            if not allowed:
                raise HTTPForbidden(result=allowed)
        return found


class Branches(dict[str, type[Resource]]):
    """The branches of the tree by name, as the enabled modules have added them."""


class Root(Resource):
    """The top of the tree; each enabled module hangs its branches on it."""

    def __init__(self, request: Request) -> None:
        super().__init__(request, None, "")

    def __getitem__(self, name: str) -> Resource:
        branches: Branches = self.request.services[Branches]
        return branches[name](self.request, self, name)


def key_condition(model: Any, key: str) -> ColumnElement[bool] | None:
    """The condition that finds `key`: a guid, or an integer id where the model has one."""
    found = column_and_value(model, key)
    if found is None:
        return None
    column, value = found
    return getattr(model, column) == value  # type: ignore[no-any-return]


def column_and_value(model: Any, key: str) -> tuple[str, UUID | int] | None:
    """Which column a key is of, and its value there; None for a key of the wrong form."""
    if GUID_FORM.match(key):
        return "guid", UUID(key)
    if ID_FORM.match(key) and hasattr(model, "id"):
        return "id", int(key)
    return None


@lru_cache
def _by(place: type[Collection], column: str) -> Select[Any]:
    found = getattr(place.model, column) == bindparam("value")
    return select(place.model).options(*place.loading).where(found)


def lineage_of(branches: Mapping[str, type[Resource]], path: str) -> list[type[Resource]]:
    """The classes that traversal of `path` meets, topmost first; `{name}` stands for any key.

    Raises LookupError for a path that the tree does not have.
    """
    return list(_descend(branches, [part for part in path.split("/") if part]))


def _descend(branches: Mapping[str, type[Resource]], parts: list[str]) -> Iterator[type[Resource]]:
    children: Mapping[str, type[Resource]] = branches
    place: type[Resource] = Root
    yield place
    for part in parts:
        if part.startswith("{"):
            if not issubclass(place, Collection):
                raise LookupError(f"{place.__name__} has no members, so no {part} below it")
            place = place.item
        elif part in children:
            place = children[part]
        else:
            raise LookupError(f"{place.__name__} has no child named {part}")
        children = place.children
        yield place


def includeme(config: Any) -> None:
    """Let modules hang branches on the root, and places below those of other modules."""
    services_of(config).add(Branches())
    config.add_directive("add_branch", _add_branch)
    config.add_directive("add_child", _add_child)


def _add_branch(config: Any, name: str, resource: type[Resource]) -> None:
    services_of(config)[Branches][name] = resource


def _add_child(config: Any, parent: type[Resource], name: str, resource: type[Resource]) -> None:
    """`config.add_child(UserResource, "teams", TeamsOfUser)`: a place of this module below another.

    The class has it in every application of the process; those without the module's addresses
    answer 404 there all the same.
    """
    parent.children = {**parent.children, name: resource}
