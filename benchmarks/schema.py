"""The two tables that the baselines read, with the names of Houston.

All baselines use these models. A renamed column is changed here and in the response model of the
FastAPI baseline, which lists its fields as is usual with FastAPI.
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
    """The declarative base of the baselines."""


class User(Base):
    """An account, with the columns of its document."""

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
    """A token, with the columns that identify its user and its validity."""

    __tablename__ = TOKEN_TABLE

    guid: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(f"{USER_TABLE}.id"))
    access_digest: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[str]
    expires: Mapped[datetime | None]
    revoked: Mapped[datetime | None]


PUBLIC_FIELDS = tuple(column.key for column in User.__mapper__.column_attrs)
"""Names of the attributes in the document of a user, in the order of the columns."""

TIMES = ("created", "updated")


def digest(token: str) -> str:
    """Return the hexadecimal SHA-256 of a token, as it is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def user_of_token(authorization: str) -> Select[User]:
    """Return the query for the user of a bearer token that is neither expired nor revoked.

    Args:
        authorization: The ``Authorization`` header of the request (RFC 6750, section 2.1).
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
    """Return the query for a page of users by id, so that all servers render the same rows."""
    return select(User).order_by(User.id).limit(limit)


def document(user: User) -> dict[str, Any]:
    """Return the document of a user as JSON values, with times in ISO 8601."""
    shown = {name: getattr(user, name) for name in PUBLIC_FIELDS}
    shown["guid"] = str(user.guid)
    for name in TIMES:
        shown[name] = shown[name].isoformat()
    return shown
