"""The tables of relationships between individuals."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from houston.core.db.models import Audited, Base, Identified, Timestamped
from houston.core.db.types import Guid, UtcDateTime
from houston.modules.individuals.models import Individual


class Relationship(Audited, Identified, Timestamped, Base):
    """A relationship of two individuals, such as that of a mother and her calf.

    Attributes:
        type_guid: The type, by its guid in the site setting `relationship_type_roles`.
        start_date: The time at which it began, if that is known.
        end_date: The time at which it ended, if it has and that is known.
    """

    __tablename__ = "relationship"

    type_guid: Mapped[UUID] = mapped_column(Guid(), index=True)
    start_date: Mapped[datetime | None] = mapped_column(UtcDateTime())
    end_date: Mapped[datetime | None] = mapped_column(UtcDateTime())

    members: Mapped[list["RelationshipMember"]] = relationship(
        cascade="all, delete-orphan",
        order_by="RelationshipMember.position",
        passive_deletes=True,
    )


class RelationshipMember(Base):
    """An individual in a relationship, with its role there; a relationship has two.

    Attributes:
        position: 0 for the first, 1 for the second.
        role_guid: The role, by its guid among those of the type.
    """

    __tablename__ = "relationship_member"

    relationship_guid: Mapped[UUID] = mapped_column(
        ForeignKey("relationship.guid", ondelete="CASCADE"), primary_key=True
    )
    individual_guid: Mapped[UUID] = mapped_column(
        ForeignKey("individual.guid", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int]
    role_guid: Mapped[UUID] = mapped_column(Guid(), index=True)

    individual: Mapped[Individual] = relationship()
