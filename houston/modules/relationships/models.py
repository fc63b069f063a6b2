"""The table of relationships between individuals."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from houston.core.db.models import Audited, Base, Identified, Timestamped
from houston.core.db.types import Guid, UtcDateTime


class Member(NamedTuple):
    """An individual in a relationship of a type, with its role there."""

    individual_guid: UUID
    role_guid: UUID
    type_guid: UUID


class Relationship(Audited, Identified, Timestamped, Base):
    """A relationship of two individuals, such as that of a mother and her calf.

    The individuals are columns and not rows: the database deletes a relationship with either of
    them, so that none has a single member.

    Attributes:
        type_guid: The type, by its guid in the site setting `relationship_type_roles`.
        individual_1_role_guid: The role of the first individual, by its guid among those of the
            type.
        start_date: The time at which it began, if that is known.
        end_date: The time at which it ended, if it has and that is known.
    """

    __tablename__ = "relationship"
    __table_args__ = (CheckConstraint("individual_1_guid <> individual_2_guid", name="members"),)

    type_guid: Mapped[UUID] = mapped_column(Guid(), index=True)
    individual_1_guid: Mapped[UUID] = mapped_column(
        ForeignKey("individual.guid", ondelete="CASCADE"), index=True
    )
    individual_1_role_guid: Mapped[UUID] = mapped_column(Guid())
    individual_2_guid: Mapped[UUID] = mapped_column(
        ForeignKey("individual.guid", ondelete="CASCADE"), index=True
    )
    individual_2_role_guid: Mapped[UUID] = mapped_column(Guid())
    start_date: Mapped[datetime | None] = mapped_column(UtcDateTime())
    end_date: Mapped[datetime | None] = mapped_column(UtcDateTime())

    @property
    def members(self) -> Sequence[Member]:
        """The two individuals with their roles."""
        return (
            Member(self.individual_1_guid, self.individual_1_role_guid, self.type_guid),
            Member(self.individual_2_guid, self.individual_2_role_guid, self.type_guid),
        )
