"""Grants: permissions of roles, as data.

A resource class lists its grants. They make the access control list of an object, the condition of
the rows that a list shows, the columns with the rights of a caller to each row, the message of a
refusal, the descriptions in the API document and the permission tables.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

from pyramid.authorization import Allow, Authenticated, Everyone
from sqlalchemy import ColumnElement, Integer, bindparam, false, or_, true

from houston.core.db.types import Guid
from houston.core.security.identity import Identity
from houston.core.security.permissions import Permission

AccessControlEntry = tuple[str, str, frozenset[str]]

WIDEST = (Everyone, Authenticated)
"""The principals that include all others, the widest first."""


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
    """

    description: str
    model: Any
    condition: ColumnElement[bool]
    holder: str = Authenticated

    @property
    def value(self) -> str:
        """The principal in access control lists."""
        return f"local:{self.description}"

    def held_by(self, holder: str, description: str) -> "LocalRole":
        """The same relation for callers with another principal."""
        return replace(self, holder=holder, description=description)

    def through(self, relationship: Any) -> "LocalRole":
        """The same relation to the objects that refer to such an object.

        Args:
            relationship: An attribute that refers to one object, such as `Sighting.asset_group`.
        """
        model, condition = relationship.class_, relationship.has(self.condition)
        return replace(self, model=model, condition=condition)


class Grant(NamedTuple):
    """The permissions of a role on a resource."""

    role: Role
    permissions: tuple[Permission, ...]


def acl_of(grants: Iterable[Grant]) -> tuple[AccessControlEntry, ...]:
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
    conditions: list[ColumnElement[bool]] = []
    for role in roles_with(grants, permission):
        if isinstance(role, LocalRole):
            if role.holder in principals:
                conditions.append(role.condition)
        elif role.value in principals:
            return true()
    return or_(false(), *conditions)


def held(roles: Mapping[LocalRole, Any], identity: Identity | None) -> frozenset[str]:
    """The principals of the local roles of a caller.

    Args:
        roles: The value of the condition of each role.
        identity: The caller.
    """
    principals = principals_of(identity)
    return frozenset(
        role.value for role, holds in roles.items() if holds and role.holder in principals
    )


def principals_of(identity: Identity | None) -> frozenset[str]:
    """The principals of a caller, without local roles."""
    return ANONYMOUS if identity is None else identity.roles


ANONYMOUS: frozenset[str] = frozenset({Everyone})
