"""Site settings: what administrators set for the whole site, in one declared table of keys."""

from typing import Any

REQUIRES = ("fileuploads", "image_analysis")


def includeme(config: Any) -> None:
    """Let modules register what the settings need to know."""
    from houston.modules.site_settings.keys import TABLE
    from houston.modules.site_settings.registered import include_directives

    settings = config.registry["houston.settings"]
    include_directives(config, {key.name: key.default_in(settings) for key in TABLE})
