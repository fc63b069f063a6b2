"""The program's table of contents: what is put together, in which order, and why."""

from collections.abc import Sequence
from importlib import import_module

from pyramid.config import Configurator

from houston.core.settings import Settings, SettingsError


def configure(config: Configurator, settings: Settings) -> None:
    """Include everything that makes Houston, from the edge to the modules."""
    config.registry["houston.settings"] = settings
    config.include("houston.core.http")  # request ids, headers, sanity; the error envelope
    config.include("houston.core.db")  # the engine, `request.db`, a transaction per request
    config.include("houston.core.security")  # identity, permissions, allowances
    config.include("houston.core.tree")  # the root that modules hang their branches on
    config.include("houston.core.events")  # what modules tell each other in a transaction
    config.include("houston.core.jobs")  # work after the commit
    config.include("houston.core.mail")  # the first of those jobs
    config.include("houston.core.rest")  # services, their documents and the interactive page
    check_requirements(settings["houston.modules"])
    for module in settings["houston.modules"]:
        config.include(f"houston.modules.{module}")


def check_requirements(modules: Sequence[str]) -> None:
    """Raise SettingsError for a module without those that it says it `REQUIRES`."""
    for module in modules:
        required = getattr(import_module(f"houston.modules.{module}"), "REQUIRES", ())
        missing = [name for name in required if name not in modules]
        if missing:
            raise SettingsError(
                f"houston.modules: {module} needs {' and '.join(missing)}, which "
                f"{'is' if len(missing) == 1 else 'are'} not enabled."
            )
