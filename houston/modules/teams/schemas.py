"""What comes in, what goes out, and what PATCH may touch."""

from houston.core.api.patch import PatchSchema
from houston.core.schema import (
    Boolean,
    DateTime,
    Field,
    Guid,
    Integer,
    ListOf,
    Nested,
    Schema,
    String,
)

TITLE = String(1, 120, strip=True)


class TeamListSchema(Schema):
    """A team in a list."""

    id = Field(Integer(1))
    guid = Field(Guid())
    title = Field(TITLE, description="What the team calls itself.")
    created = Field(DateTime())
    updated = Field(DateTime())


class MemberUserSchema(Schema):
    """The account of a member."""

    id = Field(Integer(1))
    guid = Field(Guid())
    username = Field(String(1, 120))
    full_name = Field(String(0, 120))


class TeamMemberSchema(Schema):
    """Somebody's place in a team."""

    user = Nested(MemberUserSchema)
    is_leader = Field(Boolean(), description="Whether he leads the team.")
    created = Field(DateTime(), description="When he joined.")


class TeamSchema(TeamListSchema):
    """A team with its members."""

    members = ListOf(TeamMemberSchema())


class NewTeamSchema(Schema):
    """A new team; whoever makes it leads it."""

    title = Field(TITLE)


class TeamPatch(PatchSchema):
    """What may be changed of a team. `/members` are the guids of their accounts."""

    title = Field(TITLE)
    members = ListOf(Guid(), unique=True, association=True, source="member_guids")


class NewTeamMemberSchema(Schema):
    """Somebody who is to join a team."""

    user_guid = Field(Guid(), description="The guid of his account.")
    is_leader = Field(Boolean(), missing=False)


class TeamMemberPatch(PatchSchema):
    """What may be changed of somebody's place in a team."""

    is_leader = Field(Boolean())
