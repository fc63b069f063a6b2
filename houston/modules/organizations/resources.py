"""The branch `organizations` of the tree, and who may do what there."""

from houston.core.security.grants import Caller, Grant, LocalRole, Permission
from houston.core.tree import Collection, Item, Resource
from houston.modules.organizations.models import Organization, OrganizationMember
from houston.modules.users.groups import MANAGERS, OF_COLLECTION, owner_and_members

READ = (Permission.READ,)
MODERATE = (*READ, Permission.WRITE)
FULL = (*MODERATE, Permission.DELETE, Permission.ADMINISTER)

OWNER, MEMBER = owner_and_members(Organization, "organization")
MODERATOR = LocalRole(
    "moderators of the organization",
    Organization,
    Organization.members.any(
        (OrganizationMember.user_guid == Caller.guid) & OrganizationMember.is_moderator
    ),
)


class OrganizationResource(Item):
    """One organization. To administer it is to name its moderators and its owner."""

    grants = (
        Grant(OWNER, FULL),
        Grant(MODERATOR, MODERATE),
        Grant(MEMBER, READ),
        *(Grant(role, FULL) for role in MANAGERS),
    )


class OrganizationCollection(Collection):
    """All organizations; the list shows those of the caller."""

    noun = "organizations"
    model = Organization
    item = OrganizationResource
    children = {"search": Resource}
    grants = OF_COLLECTION
