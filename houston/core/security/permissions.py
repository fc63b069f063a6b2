"""Permissions.

A permission is a verb, and the resource that grants it is the noun: `READ` is granted by a team and
by a user independently. The scope that a token needs follows from both: `<noun>:read` or
`<noun>:write`.
"""

from houston.core.values import TextEnum


class Permission(TextEnum):
    """A verb, the access that the scope of a token must have, and a description for people."""

    def __init__(self, _value: str, access: str, description: str) -> None:
        self.access, self.description = access, description

    PUBLIC = "public", "", "Open to all callers, without signing in and with any scopes."
    LIST = "list", "read", "List and search the members of a collection."
    READ = "read", "read", "See one object in full."
    CREATE = "create", "write", "Add a member to a collection."
    WRITE = "write", "write", "Change an object."
    DELETE = "delete", "write", "Remove an object."
    ADMINISTER = "administer", "write", "Change the fields that need more than `write`."


def scope_for(noun: str, permission: Permission) -> str:
    """The scope that a token needs for `permission` on a resource of `noun`."""
    return f"{noun}:{permission.access}"
