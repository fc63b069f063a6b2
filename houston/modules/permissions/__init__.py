"""Permissions: whether a caller may do something, by which grant, and what would be needed.

Clients ask before they show a button, and administrators ask for others: "why can't they?". The
answers come from the grants that decide about the requests themselves.
"""

from typing import Any

REQUIRES = ("users",)


def includeme(config: Any) -> None:
    """Add the branch `may` of the tree and its operation."""
    from houston.modules.permissions.resources import Questions

    config.add_branch("may", Questions)
    config.scan(".views")
