"""The addresses of teams."""

from collections.abc import Sequence

from houston.core.api.service import Service
from houston.core.errors import Conflict
from houston.core.http.request import Request
from houston.core.security.grants import Permission
from houston.modules.teams import schemas, services
from houston.modules.teams.models import Team, TeamMember

teams = Service("teams", "/teams")
team = Service("team", "/teams/{team}")
members = Service("team_members", "/teams/{team}/members")
member = Service("team_member", "/teams/{team}/members/{user}")


teams.list(
    "list_teams",
    services.TEAMS,
    schemas.TeamListSchema(),
    "List the teams of the caller; administrators see all.",
)


@teams.post(Permission.CREATE, body=schemas.NewTeamSchema(), returns=schemas.TeamSchema())
def create_team(request: Request) -> Team:
    """Create a team, which the caller leads."""
    return services.create_team(request.db, request.caller, **request.validated["body"])


team.read("get_team", schemas.TeamSchema(), "Read a team with its members.")
team.remove("delete_team", "Delete a team.")


@team.patch(Permission.WRITE, patch=schemas.TeamPatch(), returns=schemas.TeamSchema())
def patch_team(request: Request) -> Team:
    """Change a team.

    `add` and `remove` of `/members` with the guid of an account add and remove a member.
    """
    return services.update_team(request.db, request.context.row, request.validated["change"])


@members.get(Permission.LIST, returns=schemas.TeamMemberSchema(), many=True)
def list_team_members(request: Request) -> Sequence[TeamMember]:
    """List the members of a team."""
    return list(request.context.__parent__.row.members)


@members.post(
    Permission.CREATE,
    body=schemas.NewTeamMemberSchema(),
    returns=schemas.TeamMemberSchema(),
    errors=(Conflict,),
)
def add_team_member(request: Request) -> TeamMember:
    """Add a member to a team."""
    team: Team = request.context.__parent__.row
    return services.add_member(request.db, team, **request.validated["body"])


member.read("get_team_member", schemas.TeamMemberSchema(), "Read a membership.")


@member.patch(Permission.WRITE, patch=schemas.TeamMemberPatch(), returns=schemas.TeamMemberSchema())
def patch_team_member(request: Request) -> TeamMember:
    """Change whether a member is a leader."""
    return services.update_member(request.db, request.context.row, request.validated["change"])


@member.delete(Permission.DELETE, errors=(Conflict,))
def remove_team_member(request: Request) -> None:
    """Remove a member, or leave; the last leader cannot."""
    services.remove_member(request.db, request.context.row)
