"""The schemas of organizations and their members."""

from houston.core.api.patch import PatchSchema
from houston.core.schema.nodes import Boolean, Guid, Instant, Line, ListOf, Schema, Url
from houston.core.security.grants import Permission
from houston.modules.users.groups import MAX_MEMBERS, MAX_TITLE
from houston.modules.users.schemas import MembershipSchema


class NewOrganizationSchema(Schema):
    """A new organization, which the caller owns."""

    title = Line(3, MAX_TITLE, strip=True)
    logo_url = Url(200, nullable=True, missing=None)
    website = Url(120, nullable=True, missing=None)


class OrganizationListSchema(NewOrganizationSchema):
    """An organization in a list."""

    guid = Guid()
    owner_guid = Guid()
    created = Instant()
    updated = Instant()


class OrganizationMemberSchema(MembershipSchema):
    """The membership of a user in an organization."""

    is_moderator = Boolean(description="Whether they moderate it.")


class OrganizationSchema(OrganizationListSchema):
    """An organization with its members."""

    members = ListOf(OrganizationMemberSchema())


class OrganizationPatch(NewOrganizationSchema, PatchSchema):
    """The fields of an organization that PATCH may change.

    Members and moderators are the guids of their accounts; moderators are members.
    """

    members = ListOf(
        Guid(), max_items=MAX_MEMBERS, unique=True, association=True, source="member_guids"
    )
    moderators = ListOf(
        Guid(),
        max_items=MAX_MEMBERS,
        unique=True,
        association=True,
        source="moderator_guids",
        permission=Permission.ADMINISTER,
    )
    owner_guid = Guid(permission=Permission.ADMINISTER)
