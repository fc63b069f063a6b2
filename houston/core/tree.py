"""The resource tree that Pyramid traverses: each address is a resource with a parent.

In `Root > TeamCollection > TeamResource` the fixed parts of a path are declared in `children`, and
the keys are looked up by their collections. `KeyError` means that a resource does not exist.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from pyramid.authorization import ALL_PERMISSIONS, Deny, Everyone
from pyramid.httpexceptions import HTTPForbidden
from pyramid.location import lineage
from pyramid.request import Request
from sqlalchemy import ColumnElement, Select, and_, bindparam, select

from houston.core.security.grants import (
    Grant,
    Identity,
    LocalRole,
    Permission,
    acl_of,
    held,
    parameters_of,
)
from houston.core.services import services_of
from houston.core.values import GUID_FORM

DENY_ALL = (Deny, Everyone, ALL_PERMISSIONS)
PREPARED = 1024
"""The number of statements that are cached, for collections and graphs."""
ID_FORM = re.compile(r"[1-9][0-9]{0,8}\Z")


class Resource:
    """A node of the tree: its grants, its children, and the parent whose grants it inherits.

    Attributes:
        noun: The name in scopes, `users` for `users:read`; by default that of the parent.
        closed: Whether the grants of the parent are not inherited.
        grants: The permissions of roles.
        children: The resources below, by their names in addresses.
        roles: The principals of the local roles that the caller has.
    """

    noun: str = ""
    closed: ClassVar[bool] = False
    grants: ClassVar[tuple[Grant, ...]] = ()
    children: ClassVar[Mapping[str, type["Resource"]]] = {}
    roles: frozenset[str] = frozenset()
    _acl: ClassVar[tuple[Any, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.set_grants(cls.grants)

    @classmethod
    def set_grants(cls, grants: tuple[Grant, ...]) -> None:
        """Set the grants of the class, and the access control list that they make."""
        cls.grants = grants
        cls._acl = (*acl_of(grants), DENY_ALL) if cls.closed else acl_of(grants)

    def __init__(self, request: Request, parent: "Resource | None", name: str) -> None:
        self.request = request
        self.__parent__ = parent
        self.__name__ = name
        if parent is not None and not self.noun:
            self.noun = parent.noun

    def __acl__(self) -> tuple[Any, ...]:
        return self._acl

    def __getitem__(self, name: str) -> "Resource":
        return self.children[name](self.request, self, name)


class Item(Resource):
    """The resource of one object, with its row.

    It is closed: it does not inherit the grants of the collection.
    """

    closed = True

    def __init__(
        self,
        request: Request,
        parent: Resource,
        name: str,
        row: Any,
        roles: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(request, parent, name)
        self.row = row
        self.roles = roles


class Part(Item):
    """The resource of an object that is a part of the one above, and inherits its grants."""

    closed = False


class Graph(NamedTuple):
    """The relations of the object at an address that the response renders.

    Attributes:
        depth: The number of resources above the object.
        options: Makes the options that load the relations, for the class of the object.
    """

    depth: int
    options: Callable[[Any], Sequence[Any]]


class Graphs(dict[tuple[str, str], Graph]):
    """The graphs of the operations of an application, by address and method."""


class Found(NamedTuple):
    """A member of a collection, and the principals of the caller's local roles."""

    row: Any
    roles: frozenset[str] = frozenset()


class Collection(Resource):
    """The resource of all objects of a model, each under its key.

    Attributes:
        model: The class of the rows.
        item: The class of their resources.
        within: The column with the guid of the object above, if the members belong to it.
    """

    model: ClassVar[Any]
    item: ClassVar[type[Item]]
    within: ClassVar[Any] = None

    def __getitem__(self, name: str) -> Resource:
        if name in self.children:
            return super().__getitem__(name)
        found = self.find(name)
        if found is None:
            raise KeyError(name)
        return self.item(self.request, self, name, *found)

    def find(self, key: str) -> Found | None:
        """The object under `key`, or None."""
        condition = self.condition(key)
        if condition is None:
            return None
        collection: Any = type(self)
        select_rows = _prepared if self.keys_are_standard() else _select
        statement = select_rows(collection, condition, tuple(self._graph()))
        above = getattr(self.__parent__, "row", None)
        parameters = key_parameters(key) | {"above": getattr(above, "guid", None)}
        return next(iter(self._found(statement, parameters)), None)

    def condition(self, key: str) -> ColumnElement[bool] | None:
        """The condition of the row under `key`; None for a key of the wrong form.

        It is executed with `key_parameters`, and the guid of the object above as `above`.
        """
        condition = key_condition(self.model, key)
        within = type(self).within  # not `self.within`, which would call the descriptor
        if condition is None or within is None:
            return condition
        return _within(condition, within)

    @classmethod
    def keys_are_standard(cls) -> bool:
        """Return whether members are found by the guid, or the integer id, of their rows."""
        lookups = ("__getitem__", "find", "condition")
        return all(getattr(cls, name) is getattr(Collection, name) for name in lookups)

    def permitted(self, guids: Iterable[UUID], permission: Permission) -> dict[UUID, Any]:
        """The rows that a request names in its body, by guid; missing ones are left out.

        Raises:
            HTTPForbidden: The caller does not have the permission for one of them.
        """
        rows: dict[UUID, Any] = {}
        statement = _select(type(self), self.model.guid.in_(set(guids)), ())
        for found in self._found(statement, {}):
            resource = self.item(self.request, self, str(found.row.guid), *found)
            allowed = self.request.has_permission(permission, resource)
            if not allowed:
                raise HTTPForbidden(result=allowed)
            rows[found.row.guid] = found.row
        return rows

    def _graph(self) -> Sequence[Any]:
        """The options that load the relations that the response renders, of the last object."""
        route = self.request.matched_route
        graphs: Graphs = self.request.services[Graphs]
        graph = route and graphs.get((route.pattern, self.request.method))
        if not graph or graph.depth != sum(1 for _ in lineage(self)):
            return ()
        return graph.options(self.model)

    def _found(self, statement: Select[Any], parameters: dict[str, Any]) -> list[Found]:
        """The rows of a statement, each with the local roles that the caller has there."""
        identity: Identity | None = self.request.identity
        collection: Any = type(self)
        roles = _local_roles(collection)
        rows = self.request.db.execute(statement, parameters_of(identity) | parameters).unique()
        return [
            Found(row, held(dict(zip(roles, values, strict=True)), identity))
            for row, *values in rows
        ]


class FieldForbidden(HTTPForbidden):
    """The caller may use the operation, but not set one of its fields."""

    def __init__(self, field: str, result: Any) -> None:
        super().__init__(result=result)
        self.field = field


class Branches(dict[str, type[Resource]]):
    """The branches of the tree by name, as the enabled modules add them."""


class Root(Resource):
    """The root of the tree, below which the enabled modules add branches."""

    def __init__(self, request: Request) -> None:
        super().__init__(request, None, "")

    def __getitem__(self, name: str) -> Resource:
        # `pviews` makes a request of Pyramid's own class, which has no `services`.
        branches = services_of(self.request.registry)[Branches]
        return branches[name](self.request, self, name)


def key_condition(model: Any, key: str) -> ColumnElement[bool] | None:
    """The condition that finds a key: a guid, or an integer id where the model has one.

    It is executed with `key_parameters`.
    """
    if GUID_FORM.match(key):
        return _equal(model.guid, "key_guid")
    if ID_FORM.match(key) and hasattr(model, "id"):
        return _equal(model.id, "key_id")
    return None


def key_parameters(key: str) -> dict[str, Any]:
    """The parameters of a statement with a `key_condition`."""
    if GUID_FORM.match(key):
        return {"key_guid": UUID(key)}
    return {"key_id": int(key)} if ID_FORM.match(key) else {}


@cache
def _equal(column: Any, parameter: str) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = column == bindparam(parameter, type_=column.type)
    return condition


@cache
def _within(condition: ColumnElement[bool], within: Any) -> ColumnElement[bool]:
    return and_(condition, _equal(within, "above"))


@cache
def _local_roles(collection: type[Collection]) -> tuple[LocalRole, ...]:
    """The local roles that the grants of the members name."""
    return tuple(
        role
        for role in dict.fromkeys(grant.role for grant in collection.item.grants)
        if isinstance(role, LocalRole) and role.model is collection.model
    )


def _select(
    collection: Any, condition: ColumnElement[bool], options: tuple[Any, ...]
) -> Select[Any]:
    """The select of the rows of a condition, with a column for each local role."""
    roles = _local_roles(collection)
    columns = [role.condition.label(f"role_{number}") for number, role in enumerate(roles)]
    return select(collection.model, *columns).options(*options).where(condition)


_prepared = lru_cache(PREPARED)(_select)
"""The same for conditions that are made once: building a statement is slower than running it."""


def lineage_of(branches: Mapping[str, type[Resource]], path: str) -> list[type[Resource]]:
    """The classes of the resources along a path, root first; `{name}` stands for any key.

    Raises:
        LookupError: The tree does not have the path.
    """
    return list(_descend(branches, [part for part in path.split("/") if part]))


def _descend(branches: Mapping[str, type[Resource]], parts: list[str]) -> Iterator[type[Resource]]:
    children: Mapping[str, type[Resource]] = branches
    resource: type[Resource] = Root
    yield resource
    for part in parts:
        if part.startswith("{"):
            if not issubclass(resource, Collection):
                raise LookupError(f"{resource.__name__} has no members, so no {part} below it")
            resource = resource.item
        elif part in children:
            resource = children[part]
        else:
            raise LookupError(f"{resource.__name__} has no child named {part}")
        children = resource.children
        yield resource


def grants_along(resources: Iterable[Any]) -> Iterator[Grant]:
    """The grants of a resource: its own, and those that it inherits.

    Args:
        resources: The resource and those above it, or their classes; the innermost first.
    """
    for resource in resources:
        yield from resource.grants
        if resource.closed:
            return


def includeme(config: Any) -> None:
    """Let modules add branches to the root, and children and grants to resources of others."""
    services_of(config).add(Branches())
    services_of(config).add(Graphs())
    config.add_directive("add_branch", _add_branch)
    config.add_directive("add_child", _add_child)
    config.add_directive("add_grants", _add_grants)


def _add_branch(config: Any, name: str, resource: type[Resource]) -> None:
    services_of(config)[Branches][name] = resource


def _add_child(config: Any, parent: type[Resource], name: str, resource: type[Resource]) -> None:
    """Add a resource below another one: `config.add_child(UserResource, "teams", TeamsOfUser)`.

    The class has it in all applications of the process; without the module there is no route to it.
    """
    parent.children = {**parent.children, name: resource}


def _add_grants(_config: Any, resource: type[Resource], *grants: Grant) -> None:
    """Grant permissions on objects of a module below: `config.add_grants(AssetResource, grant)`.

    The class has them in all applications of the process, as the rows that decide about their local
    roles are there without the module as well.
    """
    resource.set_grants(tuple(dict.fromkeys((*resource.grants, *grants))))
    # An application that was made before may have looked at the grants already.
    _local_roles.cache_clear()
    _prepared.cache_clear()
