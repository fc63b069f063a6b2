"""Uploads: files that are sent in pieces and can be resumed, by the protocol tus 1.0.0.

Whoever sends a file is told how much of it is safe, and goes on from there after a broken
connection or a restart. The files of one submission share a transaction, whose guid the sender
chooses; when they are finished, they wait for whoever claims them, for a day. An upload belongs to
the account that began it; an anonymous one to whoever knows its guid.
"""

from typing import Any

from houston.core.settings import Setting, kinds

SETTINGS = (
    Setting(
        "houston.uploads.folder",
        kinds.GIVEN_TEXT,
        "The folder of incomplete files, which all processes share.",
        development_default="var/uploads",
    ),
    Setting(
        "houston.uploads.max_size_anonymous",
        kinds.POSITIVE,
        "The size limit of a file of an anonymous caller, in bytes.",
        default="52428800",
    ),
    Setting(
        "houston.uploads.max_files",
        kinds.POSITIVE,
        "The maximum number of files in one transaction.",
        default="20000",
    ),
    Setting(
        "houston.uploads.max_files_anonymous",
        kinds.POSITIVE,
        "The maximum number of files in one transaction of an anonymous caller.",
        default="100",
    ),
    Setting(
        "houston.uploads.lifetime",
        kinds.POSITIVE,
        "The time after which an unfinished or unclaimed file is deleted, in seconds.",
        default="86400",
    ),
)


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
