"""Uploads: files that are sent in pieces and can be resumed, by the protocol tus 1.0.0.

Whoever sends a file is told how much of it is safe, and goes on from there after a broken
connection or a restart. The files of one submission share a transaction, whose guid the sender
chooses; when they are finished, they wait for whoever claims them, for a day. An upload belongs to
the account that began it; an anonymous one to whoever knows its guid.
"""

from typing import Any


def includeme(config: Any) -> None:
    """Hang the branch `tus` on the tree and register its operations and its sweeper."""
    from houston.core.services import services_of
    from houston.core.settings import Settings
    from houston.modules.uploads.limits import limits_of
    from houston.modules.uploads.partials import Partials
    from houston.modules.uploads.resources import UploadCollection

    services = services_of(config)
    settings = services[Settings]
    services.add(limits_of(settings))
    services.add(Partials(settings["houston.uploads.folder"]))
    config.add_branch("tus", UploadCollection)
    config.scan(".jobs")
    config.scan(".views")
