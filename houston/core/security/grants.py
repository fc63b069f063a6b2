"""Who may do what, as data.

A resource class lists its grants. The ACL that decides, the words in the API document and the
generated permission tables are all read from that list.
"""

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from pyramid.authorization import Allow

from houston.domain.roles import Role

from .permissions import Permission

AccessControlEntry = tuple[str, str, frozenset[str]]


class LocalRole(str, Enum):
    """What a caller is to one object; subclass it in a module and name its members.

    The value is the principal in words, such as `leader of the team`.
    """

    @property
    def description(self) -> str:
        """The words for people."""
        return str(self.value)

    __str__ = str.__str__


class Grant(NamedTuple):
    """One line of a resource's table: this role may use these permissions."""

    role: Role | LocalRole
    permissions: tuple[Permission, ...]


def acl_of(grants: Iterable[Grant]) -> tuple[AccessControlEntry, ...]:
    """The access control list that says just what the grants say."""
    return tuple(
        (Allow, grant.role.value, frozenset(permission.value for permission in grant.permissions))
        for grant in grants
    )
