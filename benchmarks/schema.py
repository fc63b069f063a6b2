"""The two tables the baselines read, under the names Houston gives them.

Every baseline maps its rows here, so a renamed column is put right in one place.
"""

import hashlib
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import DateTime, ForeignKey, Select, String, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

USER_TABLE = "user"
TOKEN_TABLE = "auth_token"


class Base(DeclarativeBase):
    """The registry of the benchmark's own view of the database."""


class User(Base):
    __tablename__ = USER_TABLE

    id: Mapped[int] = mapped_column(primary_key=True)
    guid: Mapped[str] = mapped_column(String(36), unique=True)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    first_name: Mapped[str] = mapped_column(String(60))
    middle_name: Mapped[str] = mapped_column(String(60))
    last_name: Mapped[str] = mapped_column(String(60))
    full_name: Mapped[str] = mapped_column(String(180))
    affiliation: Mapped[str] = mapped_column(String(180))
    location: Mapped[str] = mapped_column(String(180))
    website: Mapped[str | None] = mapped_column(String(250))
    forum_id: Mapped[str | None] = mapped_column(String(120))
    is_active: Mapped[bool]
    is_regular_user: Mapped[bool]
    is_admin: Mapped[bool]
    is_staff: Mapped[bool]
    is_internal: Mapped[bool]
    is_researcher: Mapped[bool]
    is_contributor: Mapped[bool]
    is_exporter: Mapped[bool]
    is_user_manager: Mapped[bool]
    is_interpreter: Mapped[bool]
    created: Mapped[datetime] = mapped_column(DateTime)
    updated: Mapped[datetime] = mapped_column(DateTime)


class Token(Base):
    __tablename__ = TOKEN_TABLE

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(f"{USER_TABLE}.id"))
    client_id: Mapped[str] = mapped_column(String(80))
    scopes: Mapped[str]
    expires: Mapped[datetime] = mapped_column(DateTime)
    revoked: Mapped[datetime | None] = mapped_column(DateTime)


PUBLIC_FIELDS = tuple(column.key for column in User.__mapper__.column_attrs)
"""What a user's document shows: names of attributes, in the order of the columns."""

TIMES = ("created", "updated")


def hash_token(token: str) -> str:
    """A token is stored as the hexadecimal SHA-256 of its text."""
    return hashlib.sha256(token.encode()).hexdigest()


def user_of_token(authorization: str) -> Select[tuple[User]]:
    """A bearer token stands for its user while it is neither expired nor revoked.

    :param authorization: the request's ``Authorization`` header, RFC 6750 section 2.1
    """
    return (
        select(User)
        .join(Token, Token.user_id == User.id)
        .where(
            Token.token_hash == hash_token(authorization.removeprefix("Bearer ")),
            Token.expires > datetime.now(timezone.utc).replace(tzinfo=None),
            Token.revoked.is_(None),
        )
    )


def first_users(limit: int = 50) -> Select[tuple[User]]:
    """A list of users is ordered by id, so that every server renders the same rows."""
    return select(User).order_by(User.id).limit(limit)


def document(user: User) -> dict[str, Any]:
    """A user's document holds JSON values only, times in ISO 8601."""
    shown = {name: getattr(user, name) for name in PUBLIC_FIELDS}
    for name in TIMES:
        shown[name] = shown[name].isoformat()
    return shown
