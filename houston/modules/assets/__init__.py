"""Assets: the photographs and other files of submissions.

An asset is pending until the smaller copies of its picture are made, ready when they are there,
and damaged where none can be made. It belongs to who owns the submission. The owner changes it; so
do staff and machine accounts. Researchers and administrators see all assets, and change what the
public has reported, which everybody sees.
"""

from typing import Any

REQUIRES = ("keywords",)


def includeme(config: Any) -> None:
    """Hang the branch `assets` on the tree and register its operations."""
    from houston.modules.assets.resources import AssetCollection

    config.add_branch("assets", AssetCollection)
    config.scan(".jobs")
    config.scan(".views")
