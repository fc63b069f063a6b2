"""The server of the ini files: waitress, with the workers of the same process.

Whoever only loads the application (a script, a shell, a test) does not start workers; whoever
serves it does. SIGTERM ends it politely: no new connections, and what has begun is finished.
"""

import logging
import signal
from time import monotonic
from typing import Any

from pyramid.router import Router
from waitress.server import TcpWSGIServer, create_server
from waitress.wasyncore import dispatcher

from houston.core.jobs import Jobs
from houston.core.logs import configure_logging
from houston.core.services import services_of
from houston.core.settings import Settings
from houston.server.truncated_requests import Channel

log = logging.getLogger(__name__)

GRACE_SECONDS = 20.0

COMMAND_LINE = {"listen_host": "host", "http_port": "port", "proxy": "trusted_proxy"}
"""Options that `pserve production.ini http_port=6544` overrides."""


def serve(application: Router, global_config: dict[str, str], **options: Any) -> int:
    """Serve `application` by waitress with the options of the ini's `[server:main]`."""
    services = services_of(application)
    settings = services[Settings]
    configure_logging(settings)
    given = {
        COMMAND_LINE[name]: global_config[name]
        for name in COMMAND_LINE.keys() & global_config.keys()
    }
    server = create_server(application, **{**options, **given})
    server.channel_class = Channel
    services[Jobs].queue.start()
    server.print_listen("Serving on http://{}:{}")
    if settings["houston.docs"]:
        log.info("Interactive documentation: %s/api/v1/", settings["houston.base_url"])
    try:
        _run(server)
    except KeyboardInterrupt:
        pass
    finally:
        server.task_dispatcher.shutdown()
        services[Jobs].queue.stop()
    return 0


def _run(server: TcpWSGIServer) -> None:
    """Serve until SIGTERM, then until the last answer is sent or the grace is over."""
    told: list[float] = []
    signal.signal(signal.SIGTERM, lambda *_: told.append(monotonic()))
    while not told:
        _loop_once(server, timeout=1.0)
    dispatcher.close(server)
    while _busy(server) and monotonic() < told[0] + GRACE_SECONDS:
        _loop_once(server, timeout=0.05)
    for channel in list(server.active_channels.values()):
        if not channel.requests:
            channel.handle_close()


def _loop_once(server: TcpWSGIServer, timeout: float) -> None:
    server.asyncore.loop(
        timeout=timeout, map=server._map, use_poll=server.adj.asyncore_use_poll, count=1
    )


def _busy(server: TcpWSGIServer) -> bool:
    return any(
        channel.requests or channel.request or channel.total_outbufs_len
        for channel in server.active_channels.values()
    )
