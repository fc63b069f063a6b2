"""Every setting of the site: the one table that reads them, shows them and documents them."""

from houston.modules.site_settings.keys.key import Key, Visibility
from houston.modules.site_settings.keys.table import TABLE

__all__ = ["FLAGS", "IMAGES", "KEYS", "TABLE", "Key", "Visibility"]

FLAGS = {"site.adminUserInitialized": "Whether the site has an administrator."}
"""Truths about the site that clients find among the settings, and that no one can set."""
IMAGES = "site.images"
"""Where clients find the addresses of the files that are set."""
KEYS = {key.name: key for key in TABLE}
"""The keys by name, in the order in which a change of several is read."""
