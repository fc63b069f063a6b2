"""Teams: people who work together, some of whom lead.

Whoever makes a team leads it. Its members see it, and nobody else does; its leaders change it,
take people in and let them go. A member may leave, but not the last leader. Administrators may do
all of that.
"""

from typing import Any

REQUIRES = ("users",)


def includeme(config: Any) -> None:
    """Hang the branch `teams` on the tree and register its operations."""
    from houston.modules.teams.resources import TeamCollection

    config.add_branch("teams", TeamCollection)
    config.scan(".views")
