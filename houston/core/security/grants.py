"""Permissions, the identities of callers, and grants: permissions of roles, as data.

A permission is a verb, and the resource that grants it is the noun: `READ` is granted by a team and
by a user independently. The scope that a token needs follows from both: `<noun>:read` or
`<noun>:write`.

A resource class lists its grants. They make the access control list of an object, the condition of
the rows that a list shows, the columns with the rights of a caller to each row, the message of a
refusal, the descriptions in the API document and the permission tables.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from pyramid.authorization import Allow, Authenticated, Everyone
from pyramid.request import Request
from sqlalchemy import ColumnElement, Integer, bindparam, exists, false, or_, true

from houston.core.db.types import Guid
from houston.core.values import TextEnum

ANONYMOUS = frozenset({Everyone})
WIDEST = (Everyone, Authenticated)
"""The principals that include all others, the widest first."""


class Permission(TextEnum):
    """A verb, the access that the scope of a token must have, and a description for people."""

    def __init__(self, _value: str, access: str, description: str) -> None:
        self.access, self.description = access, description

    PUBLIC = "public", "", "Open to all callers; a token acts for its user with the scope only."
    LIST = "list", "read", "List and search the members of a collection."
    READ = "read", "read", "See one object in full."
    CREATE = "create", "write", "Add a member to a collection."
    WRITE = "write", "write", "Change an object."
    DELETE = "delete", "write", "Remove an object."
    EXPORT = "export", "read", "Save an object in a file."
    ASSIGN = "assign", "write", "Decide for other users, such as their roles."
    ADMINISTER = "administer", "write", "Change the fields that need more than `write`."


def scope_for(noun: str, permission: Permission) -> str:
    """The scope that a token needs for `permission` on a resource of `noun`."""
    return f"{noun}:{permission.access}"


@dataclass(slots=True)
class Identity:
    """An authenticated caller.

    Attributes:
        account: The row of the columns of the account.
        roles: The principals of the caller, without local roles.
        scopes: The scopes of the token; None for a credential with all of them.
        carrier: The kind of the credential: `bearer` or `cookie`.
        credential: The guid of the row of the token or browser session.
    """

    account: Any
    roles: frozenset[str]
    scopes: frozenset[str] | None
    carrier: str
    credential: UUID


class IdentitySource(Protocol):
    """A way to authenticate a caller; the first source with a result decides."""

    def identify(self, request: Request) -> Identity | None:
        """The caller, or None if the request has no credential of this source.

        Raises:
            Unauthenticated: The credential is not valid.
        """


class Role(Protocol):
    """A principal that grants name: a role of accounts, or all callers."""

    @property
    def value(self) -> str:
        """The principal in access control lists."""

    @property
    def description(self) -> str:
        """The description for people, such as `administrators`."""


class Caller:
    """The caller in a condition of SQL: statements are executed with `parameters_of`."""

    guid: ColumnElement[Any] = bindparam("caller_guid", type_=Guid())
    id: ColumnElement[Any] = bindparam("caller_id", type_=Integer())


def parameters_of(identity: Identity | None) -> dict[str, Any]:
    """The parameters of conditions that use `Caller`; those of anonymous callers are null.

    >>> parameters_of(None)
    {'caller_guid': None, 'caller_id': None}
    """
    if identity is None:
        return {"caller_guid": None, "caller_id": None}
    return {"caller_guid": identity.account.guid, "caller_id": identity.account.id}


@dataclass(frozen=True, eq=False)
class LocalRole:
    """A relation of a caller to an object, such as its owner.

    Attributes:
        description: The description for people, such as `leaders of the team`.
        model: The class of the objects.
        condition: The condition of the rows to which a caller has the relation. It may use
            `Caller.guid` and `Caller.id`.
        holder: The principal that a caller needs to have the relation: a role of the account, or
            `Everyone` for callers who are not signed in.
        find: The function that makes the condition of that of other objects, if it is made so.
        found: The condition of these objects.
    """

    description: str
    model: Any
    condition: ColumnElement[bool]
    holder: str = Authenticated
    find: Callable[[ColumnElement[bool]], ColumnElement[bool]] | None = None
    found: ColumnElement[bool] | None = None

    @property
    def value(self) -> str:
        """The principal in access control lists."""
        return f"local:{self.description}"

    def held_by(self, holder: str, description: str) -> "LocalRole":
        """The same relation for callers with another principal."""
        return replace(self, holder=holder, description=description)

    def through(self, relationship: Any, description: str = "") -> "LocalRole":
        """The same relation to the objects that refer to such an object.

        Args:
            relationship: An attribute that refers to one object, such as `Sighting.asset_group`, or
                to several, of which one suffices.
            description: The description of the relation, where that of this one does not fit.
        """
        find = relationship.any if relationship.property.uselist else relationship.has
        reached = self._to(relationship, find(self.condition), description)
        return replace(reached, find=find, found=self.condition)

    def throughout(self, relationship: Any, description: str) -> "LocalRole":
        """The same relation to the objects that refer to such objects only, and to at least one.

        Args:
            relationship: An attribute that refers to several objects, such as
                `Sighting.encounters`.
            description: The description of the relation.
        """
        # A comparison with an absent caller is neither true nor false.
        other = relationship.any(self.condition.is_not(true()))
        return self._to(relationship, relationship.any() & ~other, description)

    def joined_to(
        self, model: Any, condition: ColumnElement[bool], description: str
    ) -> "LocalRole":
        """The same relation to the objects of a module below, which do not know such an object.

        Args:
            model: The class of the objects.
            condition: The condition by which they belong together, such as
                `Encounter.guid == Annotation.encounter_guid`.
            description: The description of the relation.
        """
        joined = exists().where(condition, self.condition)
        return LocalRole(description, model, joined, self.holder)

    def _to(
        self, relationship: Any, condition: ColumnElement[bool], description: str
    ) -> "LocalRole":
        return LocalRole(
            description or self.description, relationship.class_, condition, self.holder
        )


class Grant(NamedTuple):
    """The permissions of a role on a resource."""

    role: Role
    permissions: tuple[Permission, ...]


def acl_of(grants: Iterable[Grant]) -> tuple[tuple[str, str, frozenset[str]], ...]:
    """The access control list of some grants."""
    return tuple(
        (Allow, grant.role.value, frozenset(permission.value for permission in grant.permissions))
        for grant in grants
    )


def roles_with(grants: Iterable[Grant], permission: Permission) -> list[Role]:
    """The roles to which some grants give a permission, without those that others include."""
    roles = list(dict.fromkeys(grant.role for grant in grants if permission in grant.permissions))
    values = {role.value for role in roles}
    for widest in WIDEST:
        if widest in values:
            return [role for role in roles if role.value == widest]
    return [role for role in roles if getattr(role, "holder", None) not in values]


def permitted(
    grants: Iterable[Grant], permission: Permission, principals: Container[str]
) -> ColumnElement[bool]:
    """The condition of the rows on which callers with some principals have a permission."""
    roles = roles_with(grants, permission)
    local = [role for role in roles if isinstance(role, LocalRole)]
    if any(role.value in principals for role in roles if role not in local):
        return true()
    return or_(false(), *_conditions([role for role in local if role.holder in principals]))


def _conditions(roles: Collection[LocalRole]) -> Iterable[ColumnElement[bool]]:
    """The conditions of some roles; objects that several of them look for are looked up once."""
    conditions = {role.find or role: role.condition for role in roles}
    found: dict[Any, dict[int, Any]] = defaultdict(dict)
    for role in roles:
        if role.find is not None:
            found[role.find][id(role.found)] = role.found
    several = {find: find(or_(*each.values())) for find, each in found.items() if len(each) > 1}
    return (conditions | several).values()


def held(roles: Mapping[LocalRole, Any], identity: Identity | None) -> frozenset[str]:
    """The principals of a caller's local roles, of which it has the values of the conditions."""
    principals = principals_of(identity)
    return frozenset(
        role.value for role, holds in roles.items() if holds and role.holder in principals
    )


def principals_of(identity: Identity | None) -> frozenset[str]:
    """The principals of a caller, without local roles."""
    return ANONYMOUS if identity is None else identity.roles
