"""Uploads: files that are sent in parts and can be resumed, by the protocol tus 1.0.0.

The server tells the client how many bytes it has stored, and the client continues from there after
a broken connection or a restart. The files of one asset group share a transaction, whose guid the
client chooses. Finished files are kept for a day, until they are claimed by another module. An
upload belongs to the account that created it; an anonymous upload can be used by every caller who
has its guid.
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
        "houston.uploads.max_size",
        kinds.between(1, 2**40),
        "The size limit of an uploaded file, in bytes.",
        default="104857600",
    ),
    Setting(
        "houston.uploads.max_size_anonymous",
        kinds.between(1, 2**40),
        "The size limit of a file of an anonymous caller, in bytes.",
        default="52428800",
    ),
    Setting(
        "houston.uploads.max_files",
        kinds.between(1, 1_000_000),
        "The maximum number of files in one transaction.",
        default="20000",
    ),
    Setting(
        "houston.uploads.max_files_anonymous",
        kinds.between(1, 1_000_000),
        "The maximum number of files in one transaction of an anonymous caller.",
        default="100",
    ),
    Setting(
        "houston.uploads.quota",
        kinds.POSITIVE,
        "The bytes of the uploads of one account that are not claimed yet.",
        default="200000000000",
    ),
    Setting(
        "houston.uploads.quota_anonymous",
        kinds.POSITIVE,
        "The bytes of unclaimed uploads of anonymous callers from one network address.",
        default="10000000000",
    ),
    Setting(
        "houston.uploads.quota_site",
        kinds.POSITIVE,
        "The bytes of all unclaimed uploads.",
        default="1000000000000",
    ),
    Setting(
        "houston.uploads.min_free",
        kinds.WHOLE,
        "The bytes of the disk that uploads leave free.",
        default="1000000000",
    ),
    Setting(
        "houston.uploads.lifetime",
        kinds.between(60, kinds.YEAR),
        "The time after which an unfinished or unclaimed file is deleted, in seconds.",
        default="86400",
    ),
)


def includeme(config: Any) -> None:
    """Add the branch `tus` to the tree, and the operations, the headers and the jobs of uploads."""
    from pyramid.tweens import EXCVIEW

    from houston.core.http.tweens import BodyLimits, ExposedHeaders
    from houston.core.services import services_of
    from houston.core.settings import Settings
    from houston.modules.uploads.partials import Partials
    from houston.modules.uploads.protocol import RESPONSE_HEADERS, UPLOAD_TYPE
    from houston.modules.uploads.resources import UploadCollection

    services = services_of(config)
    settings = services[Settings]
    services[ExposedHeaders].append(RESPONSE_HEADERS)
    services[BodyLimits][UPLOAD_TYPE] = settings["houston.uploads.max_size"]
    services.add(Partials(settings["houston.uploads.folder"]))
    config.add_tween(
        "houston.modules.uploads.overriding.tween_factory",
        under="houston.core.http.tweens.sanity",
        over=("pyramid_tm.tm_tween_factory", EXCVIEW),
    )
    config.add_branch("tus", UploadCollection)
    config.scan(".services")
    config.scan(".views")
