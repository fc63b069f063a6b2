"""The table of reports on the integrity of the catalogue."""

from uuid import UUID

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from houston.core.db.models import Base, Identified, Timestamped
from houston.core.db.types import Guid
from houston.core.integrity import Report


class IntegrityReport(Identified, Timestamped, Base):
    """A report on the integrity of the catalogue.

    Attributes:
        result: The findings by group and rule; None until all rules are checked.
        faults: The number of findings that no operation leaves.
        job_guid: The job that checks the rules, if the report was asked for.
    """

    __tablename__ = "integrity_report"

    result: Mapped[Report | None] = mapped_column(JSON(none_as_null=True))
    faults: Mapped[int | None]
    job_guid: Mapped[UUID | None] = mapped_column(Guid())
