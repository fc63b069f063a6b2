"""The schemas of teams and their members."""

from houston.core.api.patch import PatchSchema
from houston.core.schema.lines import Line
from houston.core.schema.nodes import Boolean, Guid, Instant, Integer, ListOf, Schema, String


class NewTeamSchema(Schema):
    """A new team, which the caller leads."""

    title = Line(1, 120, strip=True)


class TeamListSchema(NewTeamSchema):
    """A team in a list."""

    id = Integer(1)
    guid = Guid()
    created = Instant()
    updated = Instant()


class MemberUserSchema(Schema):
    """The account of a member."""

    id = Integer(1)
    guid = Guid()
    username = String(1, 120)
    full_name = String(0, 120)


class TeamMemberSchema(Schema):
    """The membership of a user in a team."""

    user = MemberUserSchema()
    is_leader = Boolean(description="Whether they lead the team.")
    created = Instant(description="When they joined.")


class TeamSchema(TeamListSchema):
    """A team with its members."""

    members = ListOf(TeamMemberSchema())


class TeamPatch(NewTeamSchema, PatchSchema):
    """The fields of a team that PATCH may change; members are the guids of their accounts."""

    members = ListOf(Guid(), unique=True, association=True, source="member_guids")


class NewTeamMemberSchema(Schema):
    """A new member of a team."""

    user_guid = Guid(description="The guid of the account.")
    is_leader = Boolean(missing=False)


class TeamMemberPatch(PatchSchema):
    """The fields of a membership that PATCH may change."""

    is_leader = Boolean()
