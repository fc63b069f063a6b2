"""Teams: groups of users, some of whom lead.

The creator leads the team. Members read it; leaders change it, add members and remove them. A
member may leave, except the last leader. Administrators have the permissions of leaders.
"""

from typing import Any

REQUIRES = ("users",)


def includeme(config: Any) -> None:
    """Add the branch `teams` to the tree, and register operations."""
    from houston.modules.teams.resources import TeamCollection

    config.add_branch("teams", TeamCollection)
    config.scan(".views")
