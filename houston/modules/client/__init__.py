"""The web client: the folder of a built single-page application, which is served beside the API.

A file of the folder is served at its path, and the page at all other addresses that are not
Houston's. Both are as they are on the disk at the time of the request; what is compressed is kept.
The page is served with a policy for its content, to which the site settings add the services that
the site uses, and with a script that makes recent browsers behave as the client expects.
"""

import logging
from pathlib import Path
from typing import Any

from houston.core.settings import Setting, kinds

log = logging.getLogger(__name__)

REQUIRES = ("site_settings",)

SETTINGS = (
    Setting(
        "houston.client.path",
        kinds.TEXT,
        "The folder of a built web client, which is served at `/`. Empty, or a folder without "
        "`index.html`: `/` leads to the interactive page.",
        default="",
    ),
    Setting(
        "houston.client.compatibility",
        kinds.BOOLEAN,
        "Add a script to the page of the web client, by which `scrollTo` and its like return "
        "nothing, as the client expects; recent browsers return a promise.",
        default="true",
    ),
)


def includeme(config: Any) -> None:
    """Serve the folder that the settings name."""
    from pyramid.tweens import EXCVIEW

    from houston.core.services import services_of
    from houston.core.settings import Settings
    from houston.modules.client.folder import INDEX
    from houston.modules.client.serving import WebClient

    services = services_of(config)
    settings = services[Settings]
    path = settings["houston.client.path"]
    if not path:
        return
    if not Path(path, INDEX).is_file():
        log.warning("houston.client.path: there is no %s in %s", INDEX, path)
    services.add(WebClient(Path(path), settings["houston.client.compatibility"]))
    config.add_tween("houston.modules.client.serving.tween_factory", under=EXCVIEW)
