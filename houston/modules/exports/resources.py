"""The branch `exports` of the tree, and who may do what there."""

from houston.core.security.grants import Grant, Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.exports.models import EXPORT_OWNER, Export

CREATE = (Permission.LIST, Permission.CREATE)


class ExportResource(Item):
    """One export, which only its owner sees."""

    children = {"file": Resource}
    grants = (Grant(EXPORT_OWNER, (Permission.READ, Permission.DELETE)),)


class ExportCollection(Collection):
    """All exports that are made in the background."""

    noun = "exports"
    model = Export
    item = ExportResource
    grants = (
        Grant(Role.RESEARCHER, CREATE),
        Grant(Role.ADMIN, CREATE),
        Grant(Role.STAFF, CREATE),
        Grant(Role.INTERNAL, CREATE),
    )
