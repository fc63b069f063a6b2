"""The branch `audit_logs` of the tree: who may read what was done."""

from uuid import UUID

from houston.core.security.grants import Grant
from houston.core.security.permissions import Permission
from houston.core.tree import Collection, Found, Part, Resource
from houston.core.values import GUID_FORM
from houston.domain.roles import Role

READ = (Permission.LIST,)


class Faults(Resource):
    """What went wrong."""


class Search(Resource):
    """What a query finds."""


class History(Part):
    """What was done to one object, whether or not there still is one."""


class AuditLogCollection(Collection):
    """All that was done, and below it the history of each object under its guid."""

    noun = "audit_logs"
    item = History
    children = {"faults": Faults, "search": Search}
    grants = (Grant(Role.ADMIN, READ), Grant(Role.STAFF, READ), Grant(Role.INTERNAL, READ))

    def find(self, key: str) -> Found | None:
        """The guid, whether or not there still is an object."""
        return Found(UUID(key)) if GUID_FORM.match(key) else None
