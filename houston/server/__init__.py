"""The server of the ini files: waitress, with the workers of the same process.

Only serving starts workers; a script, a shell or a test that loads the application does not.
"""

import errno
import gc
import logging
import os
import signal
import sys
from collections.abc import Iterator
from typing import Any, NoReturn

from pyramid.router import Router

from houston.bootstrap import set_up_address
from houston.core.http.tweens import BodyLimits
from houston.core.jobs import Jobs
from houston.core.logs import configure_logging
from houston.core.services import Services, services_of
from houston.core.settings import Settings
from houston.core.settings.risks import risks_of
from houston.core.settings.safe import THIS_MACHINE
from houston.server.waitress_server import Limits, Server

log = logging.getLogger(__name__)

COMMAND_LINE = {"listen_host": "host", "http_port": "port", "proxy": "trusted_proxy"}
"""Options that `pserve production.ini http_port=6544` overrides."""
IN_USE = (
    "Another program listens at {}: end it, which `ss -ltnp` shows, or choose another port, such "
    "as `pserve production.ini http_port=6544`."
)


def serve(application: Router, global_config: dict[str, str], **options: Any) -> int:
    """Serve an application until SIGTERM or SIGINT.

    SIGTERM lets requests in progress end and refuses new connections; SIGINT does not wait. If it
    cannot listen, or an option is wrong, the process ends with a sentence.

    Args:
        application: The application of the ini file.
        global_config: The `NAME=VALUE` pairs of the command line.
        options: The options of the ini's `[server:main]`, which are those of waitress.
    """
    services = services_of(application)
    settings = services[Settings]
    given = {
        COMMAND_LINE[name]: global_config[name]
        for name in COMMAND_LINE.keys() & global_config.keys()
    }
    options |= given
    server = _listen(application, options)
    signal.signal(signal.SIGTERM, lambda *_: server.stop())
    # From here on SIGTERM loses no line that is buffered.
    configure_logging(settings)
    services[Jobs].queue.start()
    for sentence in (*risks_of(settings), *_risks_of_options(settings, options)):
        log.warning(sentence)
    if address := set_up_address(services):
        log.warning("The site has no administrator. Create the first one at %s", address)
    if settings["houston.docs"]:
        log.info("Interactive documentation: %s/api/v1/", settings["houston.base_url"])
    # The application lasts until the end: no collection has to visit it.
    gc.freeze()
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        services[Jobs].queue.stop()
    return 0


def _listen(application: Router, options: dict[str, Any]) -> Server:
    """The server at its address, to which clients can connect from now on."""
    address = options.get("listen") or f"{options.get('host')}:{options.get('port')}"
    try:
        return Server(application, _limits(services_of(application)), **options)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            _exit(IN_USE.format(address))
        _exit(f"The server cannot listen at {address}: {error.strerror}.")
    except ValueError as error:
        _exit(f"An option of [server:main] is wrong: {error}.")


def _exit(sentence: str) -> NoReturn:
    """End the process with a sentence; `pserve` would turn another exit into one with status 0."""
    print(sentence, file=sys.stderr, flush=True)
    os._exit(1)


def _risks_of_options(settings: Settings, options: dict[str, Any]) -> Iterator[str]:
    environment, host = settings["houston.environment"], options.get("host", "127.0.0.1")
    is_public = host not in THIS_MACHINE
    if is_public and environment != "production":
        yield f"The settings are those of {environment}, and other machines can connect to {host}."
    if is_public and options.get("trusted_proxy") == "*":
        yield "trusted_proxy is *: callers choose the address by which their requests are limited."


def _limits(services: Services) -> Limits:
    settings, sizes = services[Settings], services[BodyLimits]
    return Limits(
        body=lambda request: sizes.limit_of(request.headers.get("CONTENT_TYPE", "")),
        seconds=settings["houston.server.request_seconds"],
        connections=settings["houston.server.connections"],
    )
