"""Permissions.

A permission is a verb, and the resource that grants it is the noun: `READ` is granted by a team and
by a user independently. The scope that a token needs follows from both: `<noun>:read` or
`<noun>:write`.
"""

from enum import Enum


class Permission(str, Enum):
    """A verb, its description for people, and the access that the scope of a token must have."""

    description: str
    access: str

    def __new__(cls, value: str, access: str, description: str) -> "Permission":
        """Make a member that equals its own value, as ACLs compare plain strings."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.access = access
        member.description = description
        return member

    PUBLIC = "public", "", "Open to all callers; a token acts for its user with the scope only."
    LIST = "list", "read", "List and search the members of a collection."
    READ = "read", "read", "See one object in full."
    CREATE = "create", "write", "Add a member to a collection."
    WRITE = "write", "write", "Change an object."
    DELETE = "delete", "write", "Remove an object."
    ADMINISTER = "administer", "write", "Change the fields that need more than `write`."

    __str__ = str.__str__


def scope_for(noun: str, permission: Permission) -> str:
    """The scope that a token needs for `permission` on a resource of `noun`."""
    return f"{noun}:{permission.access}"
