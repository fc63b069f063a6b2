"""The server of the ini files: waitress, with the workers of the same process.

Only serving starts workers; a script, a shell or a test that loads the application does not.
"""

import logging
import signal
from typing import Any

from pyramid.router import Router

from houston.bootstrap import set_up_address
from houston.core.jobs import Jobs
from houston.core.logs import configure_logging
from houston.core.services import services_of
from houston.core.settings import Settings
from houston.server.waitress_server import Server

log = logging.getLogger(__name__)

COMMAND_LINE = {"listen_host": "host", "http_port": "port", "proxy": "trusted_proxy"}
"""Options that `pserve production.ini http_port=6544` overrides."""


def serve(application: Router, global_config: dict[str, str], **options: Any) -> int:
    """Serve an application until SIGTERM or SIGINT.

    SIGTERM lets requests in progress end and refuses new connections; SIGINT does not wait.

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
    server = Server(application, **{**options, **given})
    signal.signal(signal.SIGTERM, lambda *_: server.stop())
    # From here on SIGTERM loses no line that is buffered.
    configure_logging(settings)
    services[Jobs].queue.start()
    if address := set_up_address(services):
        log.warning("The site has no administrator. Create the first one at %s", address)
    if settings["houston.docs"]:
        log.info("Interactive documentation: %s/api/v1/", settings["houston.base_url"])
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        services[Jobs].queue.stop()
    return 0
