"""The verbs of site settings. None of them sees a request."""

from houston.modules.site_settings.services.block import block, describe_keys, single
from houston.modules.site_settings.services.information import (
    detection,
    ia_classes,
    public_counts,
    release,
    site_info,
    try_agent,
)
from houston.modules.site_settings.services.letterhead import letterhead
from houston.modules.site_settings.services.reading import (
    custom_fields,
    known_regions,
    known_species,
    recaptcha,
    value,
)
from houston.modules.site_settings.services.removal import remove
from houston.modules.site_settings.services.writing import change, reset

__all__ = [
    "block",
    "change",
    "custom_fields",
    "describe_keys",
    "detection",
    "ia_classes",
    "known_regions",
    "known_species",
    "letterhead",
    "public_counts",
    "recaptcha",
    "release",
    "remove",
    "reset",
    "single",
    "site_info",
    "try_agent",
    "value",
]
