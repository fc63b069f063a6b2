"""The tables of collaborations, and the local roles of collaborators."""

from typing import Any
from uuid import UUID

from pyramid.authorization import Authenticated
from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from houston.core.db.models import Audited, Base, Identified, Timestamped, describe_constraint
from houston.core.db.session import Session
from houston.core.db.types import enumeration, utc_now
from houston.core.security.grants import Caller, LocalRole
from houston.core.values import TextEnum
from houston.modules.users.models import User


class Level(TextEnum):
    """The access to the data of the other member; each level needs those before it."""

    VIEW = "view"
    EXPORT = "export"
    EDIT = "edit"

    @property
    def column(self) -> str:
        """The column of the approval of this level."""
        return f"{self}_state"

    @property
    def below(self) -> "tuple[Level, ...]":
        """The levels that this one needs."""
        return LEVELS[: LEVELS.index(self)]

    @property
    def above(self) -> "tuple[Level, ...]":
        """The levels that need this one."""
        return LEVELS[LEVELS.index(self) + 1 :]


LEVELS = tuple(Level)


class Approval(TextEnum):
    """The answer of a member to one level of access to their own data."""

    NOT_INITIATED = "not_initiated"
    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    REVOKED = "revoked"


class Collaboration(Audited, Identified, Timestamped, Base):
    """An agreement of two users to share their data.

    A level of access is in force if both members have approved it; it is the same for both.
    """

    __tablename__ = "collaboration"

    members: Mapped[list["CollaborationMember"]] = relationship(
        back_populates="collaboration",
        cascade="all, delete-orphan",
        order_by="CollaborationMember.user_guid",
        passive_deletes=True,
    )

    def is_in_force(self, level: Level) -> bool:
        """Return whether both members have approved a level."""
        return all(member.approval(level) is Approval.APPROVED for member in self.members)


class CollaborationMember(Audited, Base):
    """One of the two members of a collaboration, with their approval of each level.

    Attributes:
        partner_guid: The account of the other member; two users have one collaboration at most.
    """

    __tablename__ = "collaboration_member"
    __table_args__ = (
        UniqueConstraint(
            "user_guid",
            "partner_guid",
            name=describe_constraint(
                "uq_collaboration_member_user_guid_partner_guid",
                "user_guid",
                "The two users have a collaboration already.",
            ),
        ),
    )

    collaboration_guid: Mapped[UUID] = mapped_column(
        ForeignKey("collaboration.guid", ondelete="CASCADE"), primary_key=True
    )
    user_guid: Mapped[UUID] = mapped_column(
        ForeignKey("user.guid", ondelete="CASCADE"), primary_key=True
    )
    partner_guid: Mapped[UUID] = mapped_column(
        ForeignKey("user.guid", ondelete="CASCADE"), index=True
    )
    view_state: Mapped[Approval] = mapped_column(
        enumeration(Approval, "view_state"), default=Approval.NOT_INITIATED
    )
    export_state: Mapped[Approval] = mapped_column(
        enumeration(Approval, "export_state"), default=Approval.NOT_INITIATED
    )
    edit_state: Mapped[Approval] = mapped_column(
        enumeration(Approval, "edit_state"), default=Approval.NOT_INITIATED
    )

    collaboration: Mapped[Collaboration] = relationship(back_populates="members")
    user: Mapped[User] = relationship(primaryjoin=user_guid == User.guid, viewonly=True)

    @property
    def partner(self) -> "CollaborationMember":
        """The other member."""
        return next(member for member in self.collaboration.members if member is not self)

    def approval(self, level: Level) -> Approval:
        """The approval of a level."""
        found: Approval = getattr(self, level.column)
        return found

    def give(self, level: Level, answer: Approval) -> None:
        """Set the approval of a level; a change is one of the collaboration as well."""
        if self.approval(level) is not answer:
            setattr(self, level.column, answer)
            self.collaboration.updated = utc_now()

    def audited_guid(self, db: Session) -> UUID:
        """Return the guid of the collaboration."""
        return self.collaboration_guid


def collaborator_role(
    description: str, model: Any, level: Level, *, owner: Any = None, holder: str = Authenticated
) -> LocalRole:
    """The relation of callers to the rows of those who collaborate with them at a level.

    The collaborators are found once for a statement, not for each row.

    Args:
        description: The description for people, such as `export collaborators of the owner`.
        model: The class of the objects.
        level: The level, which must be in force.
        owner: The column with the guid of the owner, if it is not `owner_guid`.
        holder: The principal that callers need besides.
    """
    own, other = aliased(CollaborationMember), aliased(CollaborationMember)
    partners = select(other.user_guid).where(
        own.user_guid == Caller.guid,
        own.partner_guid == other.user_guid,
        other.partner_guid == own.user_guid,
        getattr(own, level.column) == Approval.APPROVED,
        getattr(other, level.column) == Approval.APPROVED,
    )
    return LocalRole(description, model, (owner or model.owner_guid).in_(partners), holder)
