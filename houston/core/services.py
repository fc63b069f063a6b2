"""The parts of one application, made once at start-up and found by their class.

`request.services[Passwords]` is the `Passwords` of the application, with its type. Jobs and scripts
get the same container. A function that needs one part takes that part; one that passes several on
takes the container (docs/decisions/0019).
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

    def add(self, part: object) -> None:
        """Add a part under its class; ValueError is raised for a second one."""
        kind = type(part)
        if kind in self._parts:
            raise ValueError(f"there are two parts of the class {kind.__name__}")
        self._parts[kind] = part

    def __getitem__(self, kind: type[Part]) -> Part:
        return self._parts[kind]  # type: ignore[return-value]  # `add` stores each under its class

    def __contains__(self, kind: type) -> bool:
        return kind in self._parts


def services_of(owner: Configurator | Registry | Any) -> Services:
    """The container of an application, a configurator or a registry, made at first use."""
    registry = getattr(owner, "registry", owner)
    services: Services = registry.setdefault(KEY, Services())
    return services
