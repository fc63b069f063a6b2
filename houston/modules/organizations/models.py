"""The tables of organizations and their members."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from houston.core.db.models import Base
from houston.core.db.session import Session
from houston.modules.users.groups import Group, Membership


class OrganizationMember(Membership, Base):
    """The membership of a user in an organization."""

    __tablename__ = "organization_member"

    organization_guid: Mapped[UUID] = mapped_column(
        ForeignKey("organization.guid", ondelete="CASCADE"), primary_key=True
    )
    is_moderator: Mapped[bool] = mapped_column(default=False)

    def audited_guid(self, db: Session) -> UUID:
        """Return the guid of the organization."""
        return self.organization_guid


class Organization(Group, Base):
    """An organization with its members, in the order in which they joined."""

    __tablename__ = "organization"

    logo_url: Mapped[str | None] = mapped_column(String(200))
    website: Mapped[str | None] = mapped_column(String(120))

    members: Mapped[list[OrganizationMember]] = relationship(
        cascade="all, delete-orphan",
        order_by=(OrganizationMember.created, OrganizationMember.user_guid),
        passive_deletes=True,
    )

    @property
    def moderator_guids(self) -> Sequence[UUID]:
        """The guids of the accounts of the members who moderate."""
        return [member.user_guid for member in self.members if member.is_moderator]
