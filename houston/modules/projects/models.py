"""The tables of projects, their members and their encounters."""

from uuid import UUID

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, column_property, declared_attr, mapped_column, relationship

from houston.core.db.models import Base, association
from houston.core.db.session import Session
from houston.modules.users.groups import Group, Membership

project_encounter = association("project_encounter", "project", "encounter")


class ProjectMember(Membership, Base):
    """The membership of a user in a project."""

    __tablename__ = "project_member"

    project_guid: Mapped[UUID] = mapped_column(
        ForeignKey("project.guid", ondelete="CASCADE"), primary_key=True
    )

    def audited_guid(self, db: Session) -> UUID:
        """Return the guid of the project."""
        return self.project_guid


class Project(Group, Base):
    """A project with its members, in the order in which they joined."""

    __tablename__ = "project"

    members: Mapped[list[ProjectMember]] = relationship(
        cascade="all, delete-orphan",
        order_by=(ProjectMember.created, ProjectMember.user_guid),
        passive_deletes=True,
    )

    @declared_attr
    @classmethod
    def num_encounters(cls) -> Mapped[int]:
        """The number of its encounters."""
        own = project_encounter.c.project_guid == cls.guid
        return column_property(select(func.count()).where(own).scalar_subquery())
