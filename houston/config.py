"""The program's table of contents: what is put together, in which order, and why."""

from pyramid.config import Configurator

from houston.core.settings import Settings


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
    for module in settings["houston.modules"]:
        config.include(f"houston.modules.{module}")
