"""Organizations: groups of users with a page of their own, such as a foundation or a laboratory.

Researchers create organizations. Members read them; moderators change their names, addresses and
members; the owner also names the moderators and the next owner, and deletes them. Administrators
have the permissions of owners. The creator is the first owner and moderator.
"""

from typing import Any

REQUIRES = ("users",)


def includeme(config: Any) -> None:
    """Add the branch `organizations` to the tree, and register operations."""
    from houston.modules.organizations.resources import OrganizationCollection

    config.add_branch("organizations", OrganizationCollection)
    config.scan(".views")
