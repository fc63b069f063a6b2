"""Groups of users with an owner, who is one of the members: what such modules have in common."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from houston.core.api.patch import Change
from houston.core.db.models import Audited, Identified, Timestamped, lock
from houston.core.db.session import Session
from houston.core.db.types import UtcDateTime, utc_now
from houston.core.errors import Conflict, Unprocessable
from houston.core.security.grants import Caller, Grant, LocalRole, Permission
from houston.domain.roles import Role
from houston.modules.users.models import User, owner_role

MANAGERS = (Role.ADMIN, Role.STAFF, Role.INTERNAL)
"""The roles with the permissions of owners."""
OF_COLLECTION = (
    Grant(Role.SIGNED_IN, (Permission.LIST,)),
    *(Grant(role, (Permission.CREATE,)) for role in (Role.RESEARCHER, *MANAGERS)),
)
"""The grants of all groups: the list shows those of the caller, and researchers create some."""
MAX_TITLE = 50
MAX_MEMBERS = 1000


class Membership(Audited):
    """A row by which a user is a member of a group, whose key its table has as well."""

    user_guid: Mapped[UUID] = mapped_column(
        ForeignKey("user.guid", ondelete="CASCADE"), primary_key=True, index=True, sort_order=1
    )
    created: Mapped[datetime] = mapped_column(UtcDateTime(), default=utc_now, sort_order=1)

    @declared_attr
    @classmethod
    def user(cls) -> Mapped[User]:
        """The account of the member."""
        return relationship(lazy="joined", innerjoin=True, viewonly=True)


class Group(Audited, Identified, Timestamped):
    """A group with its `members`, a relation to rows of `Membership`."""

    title: Mapped[str] = mapped_column(String(MAX_TITLE))
    owner_guid: Mapped[UUID] = mapped_column(ForeignKey("user.guid"), index=True)

    members: Any

    @property
    def member_guids(self) -> Sequence[UUID]:
        """The guids of the members' accounts."""
        return [member.user_guid for member in self.members]


GroupType = TypeVar("GroupType", bound=Group)


def owner_and_members(model: Any, noun: str) -> tuple[LocalRole, LocalRole]:
    """The local roles of the owner and of the members of groups, which are called a `noun`."""
    member = _membership(model)
    own = model.members.any(member.user_guid == Caller.guid)
    return owner_role(f"the owner of the {noun}", model), LocalRole(
        f"members of the {noun}", model, own
    )


def create_group(db: Session, model: type[GroupType], owner: UUID, **values: Any) -> GroupType:
    """Create a group whose only member is its owner."""
    group = model(**values)
    group.owner_guid, group.members = owner, [_membership(model)(user_guid=owner)]
    db.add(group)
    db.flush()
    return group


def update_group(db: Session, group: Group, change: Change, *, but: Iterable[str] = ()) -> None:
    """Change a group as a patch asks, except some fields; a new owner becomes a member.

    Raises:
        NotFound: It was deleted meanwhile.
        Unprocessable: A new member or owner has no active account.
        Conflict: The owner would leave.
    """
    lock(db, group)
    if "members" in change.values:
        guids = change.values["members"]
        group.members[:] = [member for member in group.members if member.user_guid in guids]
        add_members(db, group, guids, "members")
    if "owner_guid" in change.values:
        add_members(db, group, [change.values["owner_guid"]], "owner_guid")
    change.apply_to(group, but=("members", *but))
    if group.owner_guid not in group.member_guids:
        raise Conflict.about("members", "The owner cannot leave: another member must own it first.")
    db.flush()


def add_members(db: Session, group: Group, guids: Collection[UUID], field: str) -> None:
    """Add the users of some accounts who are not members yet.

    Raises:
        Unprocessable: An account is not active, or does not exist; `field` has its guid.
    """
    joining = set(guids).difference(group.member_guids)
    member = _membership(type(group))
    users = active_users(db, joining, field)
    group.members.extend(member(user_guid=user.guid) for user in users)


def active_users(db: Session, guids: Collection[UUID], field: str) -> Sequence[User]:
    """The active accounts with some guids.

    Raises:
        Unprocessable: There is none with one of them; `field` has named it.
    """
    active = select(User).where(User.guid.in_(guids), User.is_active).order_by(User.id)
    users = db.scalars(active).all()
    if missing := set(guids).difference(user.guid for user in users):
        sentences = [f"There is no active user {guid}." for guid in sorted(missing)]
        raise Unprocessable(messages={field: sentences})
    return users


def _membership(model: Any) -> Any:
    """The class of the members of a class of groups."""
    return model.members.property.mapper.class_
