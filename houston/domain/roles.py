"""The roles of accounts.

Roles are additive: an administrator is a researcher only if they have both roles. The relation of a
caller to one object, such as its owner, is a local role, which its resource declares.
"""

from functools import cache
from itertools import compress
from operator import attrgetter
from typing import Any

from pyramid.authorization import Authenticated, Everyone

from houston.core.values import TextEnum


class Role(TextEnum):
    """A principal that grants name, and the column of the account that gives it."""

    def __init__(self, _value: str, column: str, description: str) -> None:
        self.column, self.description = column, description

    ANYONE = Everyone, "", "anyone, signed in or not"
    SIGNED_IN = Authenticated, "", "any signed-in user"
    ADMIN = "role:admin", "is_admin", "administrators"
    USER_MANAGER = "role:user_manager", "is_user_manager", "user managers"
    RESEARCHER = "role:researcher", "is_researcher", "researchers"
    CONTRIBUTOR = "role:contributor", "is_contributor", "contributors"
    EXPORTER = "role:exporter", "is_exporter", "exporters"
    STAFF = "role:staff", "is_staff", "developers of the site"
    INTERNAL = "role:internal", "is_internal", "machine accounts"


CONFERRED = tuple(role for role in Role if role.column)
FLAGS = attrgetter(*(role.column for role in CONFERRED))


def roles_of(account: Any) -> frozenset[str]:
    """The roles that the flags of an account confer."""
    return _roles_from(FLAGS(account))


@cache
def _roles_from(flags: tuple[bool, ...]) -> frozenset[str]:
    roles = (Role.ANYONE, Role.SIGNED_IN, *compress(CONFERRED, flags))
    return frozenset(role.value for role in roles)
