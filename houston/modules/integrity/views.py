"""The operations on reports, and their schema."""

from houston.core.api.service import Service
from houston.core.http.request import Request
from houston.core.schema.nodes import Guid, Instant, Integer, Json, ListOf, MapOf, Schema
from houston.core.security.grants import Permission
from houston.modules.integrity import services
from houston.modules.integrity.models import IntegrityReport

reports = Service("integrity_checks", "/integrity-checks")
search = Service("integrity_check_search", "/integrity-checks/search")
report = Service("integrity_check", "/integrity-checks/{integrity_check}")


class NewReportSchema(Schema):
    """A new report, which has no fields."""


class ReportSchema(Schema):
    """A report on the integrity of the catalogue."""

    guid = Guid()
    created = Instant()
    updated = Instant()
    result = MapOf(
        MapOf(ListOf(Json())),
        nullable=True,
        description="The findings by group and rule; null until the rules are checked.",
    )
    faults = Integer(
        0, nullable=True, description="The number of findings that no operation leaves."
    )
    job_guid = Guid(nullable=True, description="The background job that checks the rules.")


REPORT = ReportSchema()

reports.list(
    "list_integrity_checks", services.REPORTS, REPORT, "List the reports on the integrity."
)
search.search(
    "search_integrity_checks", services.REPORTS, REPORT, "Search the reports on the integrity."
)
report.read("get_integrity_check", REPORT, "Read a report on the integrity.")
report.remove("delete_integrity_check", "Delete a report on the integrity.")


@reports.post(Permission.CREATE, body=NewReportSchema(), returns=REPORT)
def create_integrity_check(request: Request) -> IntegrityReport:
    """Check the integrity of the catalogue in the background.

    The report has the first thousand findings of each rule, once it has a `result`.
    """
    return services.request_report(request.services, request.db, request.caller)
