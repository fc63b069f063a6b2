"""The factory of audit logs."""

from factory import Sequence

from houston.modules.audit_logs.models import AuditLog, AuditType
from tests.factories import RowFactory


class AuditLogFactory(RowFactory):
    """A logged change without an object."""

    class Meta:
        model = AuditLog

    audit_type = AuditType.UPDATE
    user_email = "ada@example.org"
    message = Sequence(lambda number: f"Change {number}")
