"""Who may call what, a file per module.

`EXPECTED` has, for each operation, a refusal's status or `ok`, by role; `keys(cast)` makes the rows
that the module's paths name, and answers with their keys.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, NamedTuple


class Cast(NamedTuple):
    """The accounts of those who own, join and lead what is called for."""

    owner: Any
    member: Any
    leader: Any


class Expected(NamedTuple):
    """What is expected of one module."""

    statuses: Mapping[str, str]
    keys: Callable[[Cast], Mapping[str, Any]]


def _expected(module: str) -> Expected:
    found = import_module(f"{__name__}.{module}")
    return Expected(found.EXPECTED, found.keys)


MODULES = {module.name: _expected(module.name) for module in iter_modules(__path__)}
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
"""`narrow` is an administrator whose token has every scope but the one that the operation needs."""


def keys_of(cast: Cast, module: str = "") -> dict[str, str]:
    """The keys of new rows by the names that paths have for them, those of `module` first."""
    keys: dict[str, Any] = {}
    for name in sorted(MODULES, key=lambda each: each == module):
        keys.update(MODULES[name].keys(cast))
    return {name: str(key) for name, key in keys.items()}
