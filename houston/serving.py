"""The server of the ini files: waitress, with the workers of the same process.

Whoever only loads the application (a script, a shell, a test) does not start workers; whoever
serves it does.
"""

from typing import Any

from pyramid.router import Router
from waitress import serve_paste

from houston.core.jobs import start_workers
from houston.core.settings import Settings


def serve(application: Router, global_config: dict[str, str], **options: Any) -> int:
    """Serve `application` by waitress with the options of the ini's `[server:main]`."""
    settings: Settings = application.registry["houston.settings"]
    start_workers(application.registry)
    if settings["houston.docs"]:
        print(f"Interactive documentation: {settings['houston.base_url']}/api/v1/", flush=True)
    return int(serve_paste(application, global_config, **options))
