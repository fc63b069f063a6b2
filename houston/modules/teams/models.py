"""The tables of teams and their members."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from houston.core.db.models import Audited, Base, Numbered, Timestamped
from houston.core.db.session import Session
from houston.core.db.types import UtcDateTime, utc_now
from houston.modules.users.models import User


class TeamMember(Audited, Base):
    """The membership of a user in a team."""

    __tablename__ = "team_member"

    team_id: Mapped[int] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    is_leader: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime] = mapped_column(UtcDateTime(), default=utc_now)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True, viewonly=True)
    team: Mapped["Team"] = relationship(back_populates="members")

    def audited_guid(self, db: Session) -> UUID:
        """Return the guid of the team; a removed member has no `team` any more."""
        return db.get_one(Team, self.team_id).guid


class Team(Audited, Numbered, Timestamped, Base):
    """A team with its members, in the order in which they joined."""

    __tablename__ = "team"

    title: Mapped[str] = mapped_column(String(120))

    members: Mapped[list[TeamMember]] = relationship(
        back_populates="team",
        cascade="all, delete-orphan",
        order_by=(TeamMember.created, TeamMember.user_id),
        passive_deletes=True,
    )

    @property
    def member_guids(self) -> Sequence[UUID]:
        """The guids of the members' accounts."""
        return [member.user.guid for member in self.members]
