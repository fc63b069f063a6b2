"""Teams: `member` is the member in the paths."""

from typing import Any

from tests.factories.teams import TeamFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "list_teams": "401 200 200 200 200 200 200 200 200 200 403",
    "create_team": "401 422 422 422 422 422 422 422 422 422 403",
    "get_team": "401 403 403 200 200 403 403 200 403 403 403",
    "patch_team": "401 403 403 403 200 403 403 200 403 403 403",
    "delete_team": "401 403 403 403 204 403 403 204 403 403 403",
    "list_team_members": "401 403 403 200 200 403 403 200 403 403 403",
    "add_team_member": "401 403 403 403 422 403 403 422 403 403 403",
    "get_team_member": "401 403 403 200 200 403 403 200 403 403 403",
    "patch_team_member": "401 403 403 403 200 403 403 200 403 403 403",
    "remove_team_member": "401 403 403 204 204 403 403 204 403 403 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    team = TeamFactory(leader=cast.leader, member=cast.member)
    return {"team": team.guid, "user": cast.member.guid}
