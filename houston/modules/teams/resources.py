"""The branch `teams` of the tree: who may do what to teams."""

from typing import Any

from sqlalchemy import ColumnElement, and_

from houston.core.security.grants import Caller, Grant, LocalRole, Permission
from houston.core.tree import Collection, Item, Part, key_condition
from houston.domain.roles import Role
from houston.modules.teams.models import Team, TeamMember
from houston.modules.users.models import User

READ_ALL = (Permission.READ, Permission.LIST)
CHANGE_ALL = (*READ_ALL, Permission.CREATE, Permission.WRITE, Permission.DELETE)

OWN = TeamMember.user_id == Caller.id
MEMBER = LocalRole("members of the team", Team, Team.members.any(OWN))
LEADER = LocalRole("leaders of the team", Team, Team.members.any(OWN & TeamMember.is_leader))
SELF = LocalRole("the member themselves", TeamMember, OWN)


class TeamMemberResource(Part):
    """The membership of one user in a team."""

    grants = (Grant(SELF, (Permission.DELETE,)),)


class TeamMemberCollection(Collection):
    """The members of a team, under the keys of their accounts."""

    model = TeamMember
    item = TeamMemberResource

    def condition(self, key: str) -> ColumnElement[bool] | None:
        """Return the condition of the membership of the user with this guid or id."""
        of_user = key_condition(User, key)
        if of_user is None:
            return None
        team: Any = self.__parent__
        return and_(TeamMember.team_id == team.row.id, TeamMember.user.has(of_user))


class TeamResource(Item):
    """One team."""

    children = {"members": TeamMemberCollection}
    grants = (
        Grant(MEMBER, READ_ALL),
        Grant(LEADER, CHANGE_ALL),
        Grant(Role.ADMIN, CHANGE_ALL),
    )


class TeamCollection(Collection):
    """All teams; the list shows those of the caller."""

    noun = "teams"
    model = Team
    item = TeamResource
    grants = (Grant(Role.SIGNED_IN, (Permission.LIST, Permission.CREATE)),)
