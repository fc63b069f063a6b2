"""The branch `relationships` of the tree, and who may do what there."""

from houston.core.security.grants import Grant, Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.relationships.models import Relationship

FULL = (Permission.READ, Permission.WRITE, Permission.DELETE)
CREATE = (Permission.LIST, Permission.CREATE)
ROLES = (Role.RESEARCHER, Role.STAFF, Role.INTERNAL)


class RelationshipResource(Item):
    """One relationship. Its changes need the permission to change both individuals as well."""

    grants = tuple(Grant(role, FULL) for role in ROLES)


class RelationshipCollection(Collection):
    """All relationships."""

    noun = "relationships"
    model = Relationship
    item = RelationshipResource
    children = {"search": Resource}
    grants = tuple(Grant(role, CREATE) for role in ROLES)
