"""The program's table of contents: what is put together, in which order, and why."""

from collections.abc import Sequence
from importlib import import_module

from pyramid.config import Configurator

from houston.core.services import services_of
from houston.core.settings import Settings, SettingsError


def configure(config: Configurator, settings: Settings) -> None:
    """Include everything that makes Houston, from the edge to the modules."""
    services_of(config).add(settings)
    config.include("houston.core.http")  # request ids, headers, sanity; the error envelope
    config.include("houston.core.db")  # the engine, `request.db`, a transaction per request
    config.include("houston.core.security")  # identity, permissions, allowances
    config.include("houston.core.tree")  # the root that modules hang their branches on
    config.include("houston.core.events")  # what modules tell each other in a transaction
    config.include("houston.core.jobs")  # work after the commit
    config.include("houston.core.storage")  # files, and the job that sweeps what nothing uses
    config.include("houston.core.images")  # types of files by content, and image transforms
    config.include("houston.core.mail")  # messages, by a job each
    config.include("houston.core.api")  # services, their documents and the interactive page
    for module in in_order(settings["houston.modules"]):
        config.include(f"houston.modules.{module}")


def in_order(modules: Sequence[str]) -> list[str]:
    """The enabled modules, each after those that it says it `REQUIRES`.

    Raises SettingsError for one that requires what is not enabled.
    """
    ordered: list[str] = []

    def include(module: str) -> None:
        for required in getattr(import_module(f"houston.modules.{module}"), "REQUIRES", ()):
            if required not in modules:
                raise SettingsError(
                    f"houston.modules: {module} needs {required}, which is not enabled."
                )
            include(required)
        if module not in ordered:
            ordered.append(module)

    for module in modules:
        include(module)
    return ordered
