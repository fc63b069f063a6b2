"""Teams."""

from typing import Any

from factory import Sequence

from houston.modules.teams.models import Team, TeamMember
from tests.factories import RowFactory


class TeamFactory(RowFactory):
    """A team; `leader` and `member` are accounts."""

    class Meta:
        model = Team

    title = Sequence(lambda number: f"Team {number}")

    @classmethod
    def _create(cls, model: type[Team], *args: Any, **values: Any) -> Team:
        leader, member = values.pop("leader", None), values.pop("member", None)
        values["members"] = [
            TeamMember(user_id=user.id, is_leader=user is leader)
            for user in (leader, member)
            if user
        ]
        team: Team = super()._create(model, *args, **values)
        return team
