"""The parts of one application, made once at start-up and found by their class.

`request.services[Passwords]` is the application's `Passwords`, for readers and type checkers alike.
Jobs and scripts get the same container. A function that needs one part takes that part; one that
hands several on takes the container (docs/decisions/0019).
"""

from typing import Any, TypeVar

from pyramid.config import Configurator
from pyramid.registry import Registry

Part = TypeVar("Part")

KEY = "houston.services"


class Services:
    """The parts of an application by class; a part is added once and never replaced.

    >>> services = Services()
    >>> services.add("a text")
    >>> services[str]
    'a text'
    """

    def __init__(self) -> None:
        self._parts: dict[type, object] = {}

    def add(self, part: object, kind: type | None = None) -> None:
        """Add a part, to be found by its own class or by the class that it stands in for.

        Raises:
            ValueError: There is a part of that class.
        """
        key = kind or type(part)
        if key in self._parts:
            raise ValueError(f"there are two parts of the class {key.__name__}")
        self._parts[key] = part

    def __getitem__(self, kind: type[Part]) -> Part:
        return self._parts[kind]  # type: ignore[return-value]  # `add` pairs each with its class

    def __contains__(self, kind: type) -> bool:
        return kind in self._parts


def services_of(owner: Configurator | Registry | Any) -> Services:
    """The container of an application, a configurator or a registry, made when first asked for."""
    registry = getattr(owner, "registry", owner)
    services: Services = registry.setdefault(KEY, Services())
    return services
