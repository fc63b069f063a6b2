"""What comes in, what goes out, and what PATCH may touch."""

from typing import Any

from houston.core.api.patch import PatchSchema
from houston.core.schema.nodes import Boolean, Guid, Instant, Integer, ListOf, Schema, String


class TeamTitle(String):
    """The title of a team."""

    def __init__(self, **options: Any) -> None:
        super().__init__(1, 120, strip=True, **options)


class TeamListSchema(Schema):
    """A team in a list."""

    id = Integer(1)
    guid = Guid()
    title = TeamTitle(description="What the team calls itself.")
    created = Instant()
    updated = Instant()


class MemberUserSchema(Schema):
    """The account of a member."""

    id = Integer(1)
    guid = Guid()
    username = String(1, 120)
    full_name = String(0, 120)


class TeamMemberSchema(Schema):
    """Somebody's place in a team."""

    user = MemberUserSchema()
    is_leader = Boolean(description="Whether he leads the team.")
    created = Instant(description="When he joined.")


class TeamSchema(TeamListSchema):
    """A team with its members."""

    members = ListOf(TeamMemberSchema())


class NewTeamSchema(Schema):
    """A new team; whoever makes it leads it."""

    title = TeamTitle()


class TeamPatch(PatchSchema):
    """What may be changed of a team. `/members` are the guids of their accounts."""

    title = TeamTitle()
    members = ListOf(Guid(), unique=True, association=True, source="member_guids")


class NewTeamMemberSchema(Schema):
    """Somebody who is to join a team."""

    user_guid = Guid(description="The guid of his account.")
    is_leader = Boolean(missing=False)


class TeamMemberPatch(PatchSchema):
    """What may be changed of somebody's place in a team."""

    is_leader = Boolean()
