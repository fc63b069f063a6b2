"""Houston: the backend of Wildbook."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyramid.router import Router


def main(global_config: dict[str, str], **ini: str) -> "Router":
    """The WSGI application for the settings of an ini file and of the environment.

    Raises:
        SettingsError: A setting is missing, wrong or unknown.
    """
    with _garbage_kept():
        # Imported here: a process that only decodes pictures needs none of this.
        from pyramid.config import Configurator

        from houston.bootstrap import prepare_database
        from houston.config import check_limits, configure, load_settings
        from houston.core.http.request import Request
        from houston.core.services import services_of

        settings = load_settings(ini, os.environ)
        config = Configurator(settings=ini, request_factory=Request)
        configure(config, settings)
        application = config.make_wsgi_app()
        check_limits(application.registry)
        prepare_database(services_of(application))
        return application


@contextmanager
def _garbage_kept() -> Iterator[None]:
    """Collect no garbage in a block.

    Most of what a start makes lasts as long as the process: looking for garbage in it again and
    again takes a fifth of the start.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
