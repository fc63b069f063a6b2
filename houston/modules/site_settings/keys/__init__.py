"""Every setting of the site: the one table that reads them, shows them and documents them."""

from houston.modules.site_settings.keys.key import Key, Visibility
from houston.modules.site_settings.keys.table import TABLE

__all__ = ["KEYS", "TABLE", "Key", "Visibility"]

KEYS = {key.name: key for key in TABLE}
"""The keys by name, in the order in which a change of several is read."""
