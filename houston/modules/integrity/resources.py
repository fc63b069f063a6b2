"""The branch `integrity-checks` of the tree, with its grants."""

from houston.core.security.grants import Grant, Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.integrity.models import IntegrityReport

ONE = (Permission.READ, Permission.DELETE)
ALL = (Permission.LIST, Permission.CREATE)


class IntegrityReportResource(Item):
    """One report."""

    grants = (Grant(Role.ADMIN, ONE), Grant(Role.STAFF, ONE), Grant(Role.INTERNAL, ONE))


class IntegrityReportCollection(Collection):
    """All reports."""

    noun = "integrity"
    model = IntegrityReport
    item = IntegrityReportResource
    children = {"search": Resource}
    grants = (Grant(Role.ADMIN, ALL), Grant(Role.STAFF, ALL), Grant(Role.INTERNAL, ALL))
