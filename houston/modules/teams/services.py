"""The verbs of teams. None of them sees a request."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from houston.core.api.listing import Listing
from houston.core.api.patch import Change
from houston.core.db.session import Session
from houston.core.errors import Conflict, Unprocessable
from houston.core.security.identity import Identity
from houston.modules.teams.models import Team, TeamMember
from houston.modules.teams.resources import TeamResource
from houston.modules.users.models import User

TEAM = Team.__table__.c
TEAMS = Listing(
    select(*TEAM),
    key="id",
    sort=("id", "guid", "title", "created", "updated"),
    words=("title",),
    grants=TeamResource.grants,
)


def create_team(db: Session, caller: Identity, title: str) -> Team:
    """Make a team that the caller leads."""
    leader = TeamMember(user=db.get_one(User, caller.account.id), is_leader=True)
    team = Team(title=title, members=[leader])
    db.add(team)
    db.flush()
    return team


def update_team(db: Session, team: Team, change: Change) -> Team:
    """Change a team as PATCH asks, all or nothing.

    Raises Unprocessable for an unknown member, Conflict when the last leader would go.
    """
    if "members" in change.values:
        _set_members(db, team, change.values["members"])
    change.apply_to(team, but=("members",))
    db.flush()
    return team


def delete_team(db: Session, team: Team) -> None:
    """Delete a team; the accounts of its members stay."""
    db.delete(team)
    db.flush()


def add_member(db: Session, team: Team, user_guid: UUID, *, is_leader: bool = False) -> TeamMember:
    """Take somebody in.

    Raises Unprocessable for an unknown or deactivated account, Conflict for a member.
    """
    user = _user(db, user_guid, "user_guid")
    if team.member(user.id) is not None:
        text = "The user is a member already."
        raise Conflict(text, messages={"user_guid": [text]})
    member = TeamMember(user=user, user_id=user.id, is_leader=is_leader)
    team.members.append(member)
    db.flush()
    return member


def remove_member(db: Session, member: TeamMember) -> None:
    """Let somebody go; raises Conflict for the last leader."""
    team = member.team
    _lock(db, team)
    _keep_a_leader(leader for leader in team.leaders if leader is not member)
    team.members.remove(member)
    db.flush()


def update_member(db: Session, member: TeamMember, change: Change) -> TeamMember:
    """Make a member a leader or no leader; raises Conflict for the last leader."""
    _lock(db, member.team)
    for name, value in change.values.items():
        setattr(member, name, value)
    _keep_a_leader(member.team.leaders)
    db.flush()
    return member


def _set_members(db: Session, team: Team, guids: Iterable[UUID]) -> None:
    _lock(db, team)
    wanted = dict.fromkeys(guids)
    kept = [member for member in team.members if member.user.guid in wanted]
    _keep_a_leader(member for member in kept if member.is_leader)
    known = {member.user.guid for member in kept}
    joining = [_user(db, guid, "members") for guid in wanted if guid not in known]
    team.members[:] = [*kept, *(TeamMember(user=user, user_id=user.id) for user in joining)]


def _keep_a_leader(leaders: Iterable[TeamMember]) -> None:
    if not any(leaders):
        raise Conflict("The last leader of a team cannot leave, nor step down.")


def _lock(db: Session, team: Team) -> None:
    """Two leaders who leave at once must not both see the other stay."""
    db.execute(select(Team.id).where(Team.id == team.id).with_for_update())
    db.refresh(team, ["members"])


def _user(db: Session, guid: UUID, field: str) -> User:
    user = db.scalar(select(User).where(User.guid == guid, User.is_active))
    if user is None:
        raise Unprocessable(messages={field: [f"There is no active user {guid}."]})
    return user
