"""The parts of the application, in the order of their configuration."""

from collections.abc import Sequence
from importlib import import_module

from pyramid.config import Configurator

from houston.core.services import services_of
from houston.core.settings import Settings, SettingsError


def configure(config: Configurator, settings: Settings) -> None:
    """Include all parts of the application: core, then the enabled modules."""
    services_of(config).add(settings)
    config.include("houston.core.http")  # request ids, headers, checks of requests; errors
    config.include("houston.core.db")  # the engine, `request.db`, a transaction per request
    config.include("houston.core.security")  # identity, permissions, rate limits
    config.include("houston.core.tree")  # the root of the resource tree, to which modules add
    config.include("houston.core.events")  # events between modules within a transaction
    config.include("houston.core.jobs")  # work after the commit
    config.include("houston.core.storage")  # files, and the job that deletes unused ones
    config.include("houston.core.images")  # the content types and the rendering of images
    config.include("houston.core.mail")  # mail, sent by jobs
    config.include("houston.core.api")  # services, their documents and the interactive page
    for module in in_order(settings["houston.modules"]):
        config.include(f"houston.modules.{module}")


def in_order(modules: Sequence[str]) -> list[str]:
    """The enabled modules, each after those that it `REQUIRES`.

    Raises:
        SettingsError: A module requires one that is not enabled.
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
