"""The tables of accounts, of the names to sign in with, and of mailed codes."""

import re
import unicodedata
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    String,
    UniqueConstraint,
    exists,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from houston.core.db.models import (
    Audited,
    Base,
    Identified,
    Numbered,
    Timestamped,
    describe_constraint,
)
from houston.core.db.types import Guid, UtcDateTime, utc_now
from houston.core.security.grants import Caller, LocalRole

ROLES = (
    "is_user_manager",
    "is_contributor",
    "is_researcher",
    "is_exporter",
    "is_admin",
    "is_active",
    "in_alpha",
    "in_beta",
)
"""The flags of an account that others assign by the API."""

MANAGING = frozenset({"is_user_manager", "is_admin"})
"""The roles that user managers do not give; they do not manage the accounts that have them."""

PUBLIC_EMAIL = "public@localhost"
"""The e-mail of the Public User, who owns the uploads of visitors without an account."""


IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
"""The characters that are not shown: `Default_Ignorable_Code_Point` of Unicode."""


def folded(name: str) -> str:
    """The form in which names are compared: without case, composition and invisible characters.

    It is `toNFKC_Casefold` (The Unicode Standard, section 3.13, R5).

    >>> folded("Ada\N{FULLWIDTH COMMERCIAL AT}Example.org\N{ZERO WIDTH SPACE}")
    'ada@example.org'
    """
    visible = IGNORABLE.sub("", unicodedata.normalize("NFKC", name).casefold())
    return unicodedata.normalize("NFKC", visible)


def _unique(column: str, field: str, noun: str) -> UniqueConstraint:
    text = f"The {noun} is already in use."
    return UniqueConstraint(column, name=describe_constraint(f"uq_user_{column}", field, text))


class CodeKind(str, Enum):
    """The purpose of a mailed code."""

    EMAIL = "email"
    RECOVER = "recover"
    INVITE = "invite"


class User(Audited, Numbered, Timestamped, Base):
    """An account of a person or a program."""

    __tablename__ = "user"
    __masked__ = frozenset({"password"})
    __unaudited__ = frozenset({"updated", "email_folded"})
    __table_args__ = (
        _unique("email_folded", "email", "email address"),
        _unique("twitter_username", "twitter_username", "twitter username"),
    )

    username: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(120))
    email_folded: Mapped[str] = mapped_column(String(240))
    password: Mapped[str] = mapped_column(String(255))

    first_name: Mapped[str] = mapped_column(String(120), default="")
    middle_name: Mapped[str] = mapped_column(String(120), default="")
    last_name: Mapped[str] = mapped_column(String(120), default="")
    full_name: Mapped[str] = mapped_column(String(120), default="")

    website: Mapped[str | None] = mapped_column(String(120))
    location: Mapped[str | None] = mapped_column(String(120), default="")
    affiliation: Mapped[str | None] = mapped_column(String(120), default="")
    forum_id: Mapped[str | None] = mapped_column(String(120), default="")
    twitter_username: Mapped[str | None] = mapped_column(String(120))
    default_identification_catalogue: Mapped[UUID | None] = mapped_column(Guid())

    profile_fileupload_guid: Mapped[UUID | None] = mapped_column(
        ForeignKey("file_upload.guid", ondelete="SET NULL")
    )
    notification_preferences: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    is_active: Mapped[bool] = mapped_column(default=True)
    is_regular_user: Mapped[bool] = mapped_column(default=True)
    is_admin: Mapped[bool] = mapped_column(default=False)
    is_staff: Mapped[bool] = mapped_column(default=False)
    is_internal: Mapped[bool] = mapped_column(default=False)
    is_researcher: Mapped[bool] = mapped_column(default=False)
    is_contributor: Mapped[bool] = mapped_column(default=False)
    is_exporter: Mapped[bool] = mapped_column(default=False)
    is_user_manager: Mapped[bool] = mapped_column(default=False)
    in_alpha: Mapped[bool] = mapped_column(default=False)
    in_beta: Mapped[bool] = mapped_column(default=False)

    is_email_confirmed: Mapped[bool] = mapped_column(default=False)
    accepted_user_agreement: Mapped[bool] = mapped_column(default=False)
    use_usa_date_format: Mapped[bool] = mapped_column(default=True)
    show_email_in_profile: Mapped[bool] = mapped_column(default=False)
    receive_notification_emails: Mapped[bool] = mapped_column(default=True)
    receive_newsletter_emails: Mapped[bool] = mapped_column(default=False)
    shares_data: Mapped[bool] = mapped_column(default=True)

    names: Mapped[list["SignInName"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True
    )

    @validates("username", "email")
    def _name(self, column: str, name: str) -> str:
        """Keep the folded e-mail and the names to sign in with in step."""
        if column == "email":
            self.email_folded = folded(name)
        given = {"username": self.username, "email": self.email, column: name}
        wanted = {folded(each) for each in given.values() if each is not None}
        kept = [each for each in self.names if each.name in wanted]
        new = wanted.difference(each.name for each in kept)
        self.names = [*kept, *(SignInName(name=each) for each in sorted(new))]
        return name


class SignInName(Base):
    """A name that finds an account at sign-in: its e-mail or its username, folded.

    One table has both, so that the username of one account is not the e-mail of another.
    """

    __tablename__ = "user_name"
    __table_args__ = (
        UniqueConstraint(
            "name",
            name=describe_constraint(
                "uq_user_name_name", "username", "The username is already in use."
            ),
        ),
    )

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(240), primary_key=True)


class FirstAdministrator(Base):
    """The account that was made the first administrator: one row, so that there is only one."""

    __tablename__ = "first_administrator"
    __table_args__ = (CheckConstraint("id = 1", name="is_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))


ACCOUNT = [column for column in User.__table__.c if column.name != "password"]
"""The columns of an account that may leave the database."""


def owner_role(description: str, model: Any, owner: Any = None) -> LocalRole:
    """The relation of accounts to the rows of a model that they own, by `owner_guid` or `owner`."""
    return LocalRole(description, model, (owner or model.owner_guid) == Caller.guid)


def is_public(owner: Any) -> ColumnElement[bool]:
    """The condition of the objects of the Public User, uploaded without an account."""
    return exists().where(User.guid == owner, User.email_folded == PUBLIC_EMAIL)


def is_researchers(owner: Any) -> ColumnElement[bool]:
    """The condition of objects that a researcher owns."""
    return exists().where(User.guid == owner, User.is_researcher)


class Code(Identified, Base):
    """A mailed code, which proves that its user has read the mail; an invitation has no user.

    It is used once, before it expires. Only its digest is stored.
    """

    __tablename__ = "user_code"

    kind: Mapped[CodeKind] = mapped_column(String(10))
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    email: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created: Mapped[datetime] = mapped_column(UtcDateTime(), default=utc_now)
    expires: Mapped[datetime] = mapped_column(UtcDateTime())
    used: Mapped[datetime | None] = mapped_column(UtcDateTime())

    user: Mapped[User | None] = relationship(viewonly=True)
