"""The settings and the parts of the application, in the order of their configuration."""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from itertools import chain
from pkgutil import iter_modules, walk_packages
from types import ModuleType
from typing import Any

from pyramid.config import Configurator

import houston.modules
from houston.core.api.service import Service, services
from houston.core.services import services_of
from houston.core.settings import (
    CORE,
    Setting,
    Settings,
    SettingsError,
    did_you_mean,
    kinds,
    safe,
)

SETTINGS = (
    Setting(
        "houston.modules",
        kinds.WORDS,
        "The enabled modules. The others have neither addresses nor documentation.",
        default=(
            "users auth teams organizations notifications account_requests collaborations "
            "permissions site_settings uploads fileuploads keywords assets annotations "
            "asset_groups sightings individuals relationships social_groups projects "
            "identification exports image_analysis jobs audit_logs integrity search client"
        ),
    ),
    Setting(
        "houston.example_data",
        kinds.BOOLEAN,
        "Create the users `root` and `user` and an OAuth2 client in a database without users.",
        default="false",
        in_production=safe.OFF,
    ),
)


def declared_settings() -> dict[str, Sequence[Setting]]:
    """Return all settings by the module that declares them, enabled or not.

    Those of no module are under an empty name.
    """
    modules = [module.name for module in iter_modules(houston.modules.__path__)]
    return {"": (*CORE, *SETTINGS)} | {module: _settings_of(module) for module in modules}


def load_settings(ini: Mapping[str, str], environ: Mapping[str, str]) -> Settings:
    """Read the settings of the program and of the enabled modules.

    Raises:
        SettingsError: A setting is missing, wrong or unknown.
    """
    declared = declared_settings()
    every = list(chain(*declared.values()))
    modules = Settings.load(ini, environ, SETTINGS, every)["houston.modules"]
    for module in modules:
        if module not in declared:
            known = did_you_mean(module, declared)
            raise SettingsError(f"houston.modules: there is no module {known}")
    enabled = chain(*(declared.get(module, ()) for module in modules))
    return Settings.load(ini, environ, (*SETTINGS, *enabled), every)


def configure(config: Configurator, settings: Settings) -> None:
    """Include all parts of the application: core, then the enabled modules."""
    services_of(config).add(settings)
    config.include("houston.core.http")  # request ids, headers, checks of requests; errors
    config.include("houston.core.db")  # the engine, `request.db`, a transaction per request
    config.include("houston.core.security")  # identity, permissions, rate limits
    config.include("houston.core.tree")  # the root of the resource tree, to which modules add
    config.include("houston.core.events")  # events between modules within a transaction
    config.include("houston.core.jobs")  # work after the commit
    config.include("houston.core.integrity")  # checks of the rows, which modules add
    config.include("houston.core.storage")  # files, and the job that deletes unused ones
    config.include("houston.core.images")  # types of files by content, and image transforms
    config.include("houston.core.mail")  # mail, sent by jobs
    config.include("houston.core.api")  # services, their documents and the interactive page
    for module in in_order(settings["houston.modules"]):
        config.include(f"houston.modules.{module}")


def check_limits(registry: Any) -> None:
    """Check that `houston.limits` names operations of an application, or of disabled modules.

    Raises:
        SettingsError: A name is misspelt.
    """
    settings = services_of(registry)[Settings]
    known = {name for service in services(registry) for name in _operations_of(service)}
    for name in settings["houston.limits"].keys() - known:
        if name not in _operations_of_disabled(settings["houston.modules"]):
            raise SettingsError(
                f"houston.limits: there is no operation {did_you_mean(name, known)}"
            )


def _operations_of_disabled(enabled: Sequence[str]) -> Iterator[str]:
    for module in declared_settings().keys() - {"", *enabled}:
        for views in _views_of(module):
            for value in vars(views).values():
                if isinstance(value, Service):
                    yield from _operations_of(value)


def _views_of(module: str) -> Iterator[ModuleType]:
    """The files with the operations of a module, wherever they are in its package."""
    package = import_module(f"houston.modules.{module}")
    for file in walk_packages(package.__path__, f"{package.__name__}."):
        if "views" in file.name.split("."):
            yield import_module(file.name)


def _operations_of(service: Service) -> Iterator[str]:
    return (operation.name for operation in service.operations.values())


def in_order(modules: Sequence[str]) -> list[str]:
    """Return the enabled modules, each after those that its `REQUIRES` names.

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


def _settings_of(module: str) -> Sequence[Setting]:
    declared: Sequence[Setting] = getattr(
        import_module(f"houston.modules.{module}"), "SETTINGS", ()
    )
    return declared
