"""The branch `audit_logs` of the resource tree, with its grants."""

from uuid import UUID

from houston.core.security.grants import Grant
from houston.core.security.permissions import Permission
from houston.core.tree import Collection, Found, Part, Resource
from houston.core.values import GUID_FORM
from houston.domain.roles import Role

READ = (Permission.LIST,)


class AuditLogCollection(Collection):
    """All audit logs; below them, those about one object under its guid."""

    noun = "audit_logs"
    item = Part
    children = {"faults": Resource, "search": Resource}
    grants = (Grant(Role.ADMIN, READ), Grant(Role.STAFF, READ), Grant(Role.INTERNAL, READ))

    def find(self, key: str) -> Found | None:
        """Return the guid, whether or not the object exists."""
        return Found(UUID(key)) if GUID_FORM.match(key) else None
