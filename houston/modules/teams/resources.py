"""The branch `teams` of the tree: who may do what to teams."""

from collections.abc import Iterable

from sqlalchemy import select

from houston.core.security.grants import Grant, LocalRole
from houston.core.security.identity import Identity
from houston.core.security.permissions import Permission
from houston.core.tree import Collection, Item, Part, key_condition
from houston.domain.roles import Role
from houston.modules.teams.models import Team, TeamMember
from houston.modules.users.models import User

READ_ALL = (Permission.READ, Permission.LIST)
CHANGE_ALL = (*READ_ALL, Permission.CREATE, Permission.WRITE, Permission.DELETE)


class TeamRole(LocalRole):
    """What a caller is to a team."""

    MEMBER = "members of the team"
    LEADER = "leaders of the team"
    SELF = "the member himself"


class TeamMemberResource(Part):
    """One member's place in a team."""

    grants = (Grant(TeamRole.SELF, (Permission.DELETE,)),)

    def local_roles(self, identity: Identity) -> Iterable[str]:
        """The caller is himself in his own place."""
        return (TeamRole.SELF,) if identity.account.id == self.row.user_id else ()


class TeamMemberCollection(Collection):
    """The members of one team, under the keys of their accounts."""

    item = TeamMemberResource

    def find(self, key: str) -> TeamMember | None:
        """The place of the user with this guid or id."""
        condition = key_condition(User, key)
        if condition is None:
            return None
        team = self.__parent__.row  # type: ignore[union-attr]
        places = select(TeamMember).join(TeamMember.user).where(TeamMember.team_id == team.id)
        member: TeamMember | None = self.request.db.scalar(places.where(condition))
        return member


class TeamResource(Item):
    """One team."""

    children = {"members": TeamMemberCollection}
    grants = (
        Grant(TeamRole.MEMBER, READ_ALL),
        Grant(TeamRole.LEADER, CHANGE_ALL),
        Grant(Role.ADMIN, CHANGE_ALL),
    )

    def local_roles(self, identity: Identity) -> Iterable[str]:
        """A leader is a member, too."""
        member = self.row.member(identity.account.id)
        if member is None:
            return ()
        return (TeamRole.MEMBER, TeamRole.LEADER) if member.is_leader else (TeamRole.MEMBER,)


class TeamCollection(Collection):
    """All teams; the list shows those that one is a member of."""

    noun = "teams"
    model = Team
    item = TeamResource
    grants = (Grant(Role.SIGNED_IN, (Permission.LIST, Permission.CREATE)),)
