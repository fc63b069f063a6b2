"""The expected status of each operation for each role, a file per module.

`EXPECTED` has the statuses by operation and role; `keys(cast)` creates the rows in the paths of the
module, and returns their keys.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, NamedTuple

from houston.core.api.openapi.description import Described

ROLES = (
    "anonymous",
    "user",
    "owner",
    "member",
    "leader",
    "researcher",
    "manager",
    "admin",
    "staff",
    "internal",
    "narrow",
)
"""`narrow` is an administrator whose token has all scopes except that of the operation."""


class Cast(NamedTuple):
    """The accounts that own, join and lead the objects of the module."""

    owner: Any
    member: Any
    leader: Any


class Expected(NamedTuple):
    """The matrix of a module, and the function that creates its rows."""

    statuses: Mapping[str, str]
    keys: Callable[[Cast], Mapping[str, Any]]

    def of_role(self, role: str) -> dict[str, str]:
        """Return the expected status of each operation."""
        position = ROLES.index(role)
        return {name: statuses.split()[position] for name, statuses in self.statuses.items()}


def _expected(module: str) -> Expected:
    found = import_module(f"{__name__}.{module}")
    return Expected(found.EXPECTED, found.keys)


MODULES = {module.name: _expected(module.name) for module in iter_modules(__path__)}


class Keys:
    """The keys of rows in paths; rows are created when a path first refers to them.

    Rows of the module itself take precedence, then those of users, then those of other modules.
    """

    def __init__(self, cast: Cast, module: str) -> None:
        self._cast = cast
        self._left = list(dict.fromkeys([module, "users", *MODULES]))
        self._keys: dict[str, Any] = {}

    def fill(self, described: Described) -> str:
        """Return the path of an operation with keys for its variables."""
        return described.path.format(**self.of(described))

    def of(self, described: Described) -> dict[str, Any]:
        """Return the keys of an operation by the names of its variables."""
        while self._left and not described.variables.keys() <= self._keys.keys():
            self._keys = {**MODULES[self._left.pop(0)].keys(self._cast), **self._keys}
        return {name: self._keys[name] for name in described.variables}
