"""Uploads: files that are sent in pieces and can be resumed, by the protocol tus 1.0.0.

Whoever sends a file is told how much of it is safe, and goes on from there after a broken
connection or a restart. The files of one submission share a transaction, whose guid the sender
chooses; when they are finished, they wait for whoever claims them, for a day. An upload belongs to
the account that began it; an anonymous one to whoever knows its guid.
"""

from typing import Any


def includeme(config: Any) -> None:
    """Hang the branch `tus` on the tree and register its operations and its sweeper."""
    from houston.core.events import session_info
    from houston.modules.uploads.limits import limits_of
    from houston.modules.uploads.partials import Partials
    from houston.modules.uploads.resources import UploadCollection

    registry = config.registry
    settings = registry["houston.settings"]
    info = session_info(registry)
    info["upload_limits"] = registry["houston.upload_limits"] = limits_of(settings)
    info["partials"] = registry["houston.partials"] = Partials(settings["houston.uploads.folder"])
    config.add_branch("tus", UploadCollection)
    config.scan(".jobs")
    config.scan(".views")
