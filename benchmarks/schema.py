"""The two tables the baselines read, under the names Houston gives them.

Every baseline maps its rows here. A renamed column is put right here and in the response model
of the FastAPI baseline, which is written out as its users write it.
"""

import hashlib
from datetime import datetime, timezone
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

USER_TABLE = "user"
TOKEN_TABLE = "oauth2_token"


class Base(DeclarativeBase):
    """The registry of the benchmark's own view of the database."""


class User(Base):
    """The columns of an account that its document shows."""

    __tablename__ = USER_TABLE

    id: Mapped[int] = mapped_column(primary_key=True)
    guid: Mapped[UUID]
    username: Mapped[str]
    email: Mapped[str]
    first_name: Mapped[str]
    middle_name: Mapped[str]
    last_name: Mapped[str]
    full_name: Mapped[str]
    website: Mapped[str | None]
    location: Mapped[str | None]
    affiliation: Mapped[str | None]
    forum_id: Mapped[str | None]
    twitter_username: Mapped[str | None]
    is_active: Mapped[bool]
    is_regular_user: Mapped[bool]
    is_admin: Mapped[bool]
    is_staff: Mapped[bool]
    is_internal: Mapped[bool]
    is_researcher: Mapped[bool]
    is_contributor: Mapped[bool]
    is_exporter: Mapped[bool]
    is_user_manager: Mapped[bool]
    in_alpha: Mapped[bool]
    in_beta: Mapped[bool]
    is_email_confirmed: Mapped[bool]
    shares_data: Mapped[bool]
    created: Mapped[datetime]
    updated: Mapped[datetime]


class Token(Base):
    """The columns that tell whose token it is and whether it is good."""

    __tablename__ = TOKEN_TABLE

    guid: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(f"{USER_TABLE}.id"))
    access_digest: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[str]
    expires: Mapped[datetime | None]
    revoked: Mapped[datetime | None]


PUBLIC_FIELDS = tuple(column.key for column in User.__mapper__.column_attrs)
"""What a user's document shows: names of attributes, in the order of the columns."""

TIMES = ("created", "updated")


def digest(token: str) -> str:
    """A token is stored as the hexadecimal SHA-256 of its text."""
    return hashlib.sha256(token.encode()).hexdigest()


def user_of_token(authorization: str) -> Select[User]:
    """A bearer token stands for its user while it is neither expired nor revoked.

    :param authorization: the request's ``Authorization`` header, RFC 6750 section 2.1
    """
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    return (
        select(User)
        .join(Token, Token.user_id == User.id)
        .where(
            Token.access_digest == digest(authorization.removeprefix("Bearer ")),
            Token.revoked.is_(None),
            Token.expires.is_(None) | (Token.expires > now),
            User.is_active,
        )
    )


def first_users(limit: int = 50) -> Select[User]:
    """A list of users is ordered by id, so that every server renders the same rows."""
    return select(User).order_by(User.id).limit(limit)


def document(user: User) -> dict[str, Any]:
    """A user's document holds JSON values only, times in ISO 8601."""
    shown = {name: getattr(user, name) for name in PUBLIC_FIELDS}
    shown["guid"] = str(user.guid)
    for name in TIMES:
        shown[name] = shown[name].isoformat()
    return shown
