"""The tables of social groups and their members."""

from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from houston.core.db.models import Audited, Base, Identified, Timestamped, describe_constraint
from houston.core.db.session import Session

MAX_NAME = 50


class SocialGroup(Audited, Identified, Timestamped, Base):
    """Individuals that live together, such as a herd or a pod."""

    __tablename__ = "social_group"
    __table_args__ = (
        UniqueConstraint(
            "name",
            name=describe_constraint(
                "uq_social_group_name", "name", "A social group has this name already."
            ),
        ),
    )

    name: Mapped[str] = mapped_column(String(MAX_NAME))

    members: Mapped[list["SocialGroupMember"]] = relationship(
        back_populates="social_group",
        cascade="all, delete-orphan",
        order_by="SocialGroupMember.individual_guid",
        passive_deletes=True,
    )


class SocialGroupMember(Audited, Base):
    """An individual in a social group.

    Attributes:
        role_guids: The roles, by their guids in the site setting `social_group_roles`.
    """

    __tablename__ = "social_group_member"

    social_group_guid: Mapped[UUID] = mapped_column(
        ForeignKey("social_group.guid", ondelete="CASCADE"), primary_key=True
    )
    individual_guid: Mapped[UUID] = mapped_column(
        ForeignKey("individual.guid", ondelete="CASCADE"), primary_key=True, index=True
    )
    role_guids: Mapped[list[str]] = mapped_column(JSON, default=list)

    social_group: Mapped[SocialGroup] = relationship(back_populates="members")

    def audited_guid(self, db: Session) -> UUID:
        """Return the guid of the social group."""
        return self.social_group_guid
