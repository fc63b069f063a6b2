"""The verbs of site settings. None of them sees a request."""

from houston.modules.site_settings.services.reading import (
    custom_fields,
    known_regions,
    known_species,
    value,
)

__all__ = ["custom_fields", "known_regions", "known_species", "value"]
