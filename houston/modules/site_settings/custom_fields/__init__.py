"""Values of custom fields, held against the definitions that the site has for their class."""

from houston.modules.site_settings.custom_fields.checker import CustomFields

__all__ = ["CustomFields"]
