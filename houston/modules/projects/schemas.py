"""The schemas of projects."""

from houston.core.api.patch import Actions, PatchSchema
from houston.core.schema.nodes import Guid, Instant, Integer, Line, ListOf, Schema
from houston.core.security.grants import Permission
from houston.modules.asset_groups.schemas.patches import Guids
from houston.modules.users.groups import MAX_MEMBERS, MAX_TITLE
from houston.modules.users.schemas import MembershipSchema

ENCOUNTERS = Guids(Guid(), min_items=1, max_items=1000)


class NewProjectSchema(Schema):
    """A new project, which the caller owns."""

    title = Line(3, MAX_TITLE, strip=True)


class ProjectListSchema(NewProjectSchema):
    """A project in a list."""

    guid = Guid()
    owner_guid = Guid()
    created = Instant()
    updated = Instant()
    num_encounters = Integer(
        0, description="Their number; the search of encounters finds them by `projects.guid`."
    )


class ProjectSchema(ProjectListSchema):
    """A project with its members."""

    members = ListOf(MembershipSchema())


class ProjectPatch(PatchSchema):
    """The fields of a project that PATCH may change; members are the guids of their accounts."""

    title = Line(3, MAX_TITLE, strip=True, permission=Permission.ADMINISTER)
    owner_guid = Guid(permission=Permission.ADMINISTER)
    members = ListOf(
        Guid(),
        max_items=MAX_MEMBERS,
        unique=True,
        association=True,
        source="member_guids",
        permission=Permission.ADMINISTER,
    )
    encounters = Actions(
        add=ENCOUNTERS,
        remove=ENCOUNTERS,
        description="the guid of an encounter, or a list of them.",
    )
