"""The list of teams, and the functions that create and change them."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import select

from houston.core.api.listing import Listing
from houston.core.api.patch import Change
from houston.core.db.models import lock
from houston.core.db.session import Session
from houston.core.errors import Conflict
from houston.core.security.grants import Identity
from houston.modules.teams.models import Team, TeamMember
from houston.modules.teams.resources import TeamResource
from houston.modules.users.groups import active_users

TEAM = Team.__table__.c
TEAMS = Listing(
    select(*TEAM),
    key="id",
    sort=("id", "guid", "title", "created", "updated"),
    words=("title",),
    grants=TeamResource.grants,
)


def create_team(db: Session, caller: Identity, title: str) -> Team:
    """Create a team that the caller leads."""
    leader = TeamMember(user_id=caller.account.id, is_leader=True)
    team = Team(title=title, members=[leader])
    db.add(team)
    db.flush()
    return team


def update_team(db: Session, team: Team, change: Change) -> Team:
    """Change a team as a patch asks.

    Raises:
        Unprocessable: A new member has no active account.
        Conflict: The last leader would leave.
    """
    if "members" in change.values:
        guids = change.values["members"]
        with _changing_members(db, team):
            team.members[:] = [member for member in team.members if member.user.guid in guids]
        joining = set(guids).difference(team.member_guids)
        users = active_users(db, joining, "members")
        team.members.extend(TeamMember(user_id=user.id) for user in users)
    change.apply_to(team, but=("members",))
    db.flush()
    return team


def add_member(db: Session, team: Team, user_guid: UUID, *, is_leader: bool = False) -> TeamMember:
    """Add a user to a team.

    Raises:
        Unprocessable: There is no active account.
        Conflict: The user is a member.
    """
    (user,) = active_users(db, [user_guid], "user_guid")
    if user in [member.user for member in team.members]:
        raise Conflict.about("user_guid", "The user is a member already.")
    member = TeamMember(user_id=user.id, is_leader=is_leader)
    team.members.append(member)
    db.flush()
    return member


def remove_member(db: Session, member: TeamMember) -> None:
    """Remove a member from a team.

    Raises:
        Conflict: They are the last leader.
    """
    with _changing_members(db, member.team) as team:
        team.members.remove(member)


def update_member(db: Session, member: TeamMember, change: Change) -> TeamMember:
    """Change whether a member is a leader.

    Raises:
        Conflict: They are the last leader.
    """
    with _changing_members(db, member.team):
        change.apply_to(member)
    return member


@contextmanager
def _changing_members(db: Session, team: Team) -> Iterator[Team]:
    """Lock a team, so that two leaders cannot leave it at once, and check it."""
    lock(db, team)
    yield team
    if not any(member.is_leader for member in team.members):
        raise Conflict("The last leader of a team cannot leave, nor step down.")
    db.flush()
