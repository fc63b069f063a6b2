"""Assets: the photographs and other files of asset groups.

An asset is pending until the renditions of its picture are made, then ready, or damaged where none
can be made. It belongs to the owner of its asset group, who may change it; staff and machine
accounts may, too. Researchers and administrators read all assets. Everybody reads the assets of
the public, which researchers and administrators may change.
"""

from typing import Any

REQUIRES = ("keywords",)


def includeme(config: Any) -> None:
    """Add the branch `assets`, its operations and its jobs."""
    from houston.modules.assets.integrity import CHECKS
    from houston.modules.assets.models import asset_tag
    from houston.modules.assets.resources import AssetCollection

    config.add_keyword_links(asset_tag)
    config.add_integrity_checks(*CHECKS)
    config.add_branch("assets", AssetCollection)
    config.scan(".jobs")
    config.scan(".views")
