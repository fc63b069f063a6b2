"""The branch `social-groups` of the tree, and who may do what there."""

from houston.core.security.grants import Grant, Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.social_groups.models import SocialGroup

FULL = (Permission.READ, Permission.WRITE, Permission.DELETE)
CREATE = (Permission.LIST, Permission.CREATE)
ROLES = (Role.RESEARCHER, Role.STAFF, Role.INTERNAL)


class SocialGroupResource(Item):
    """One social group."""

    grants = tuple(Grant(role, FULL) for role in ROLES)


class SocialGroupCollection(Collection):
    """All social groups."""

    noun = "social-groups"
    model = SocialGroup
    item = SocialGroupResource
    children = {"search": Resource}
    grants = tuple(Grant(role, CREATE) for role in ROLES)
