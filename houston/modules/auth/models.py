"""Credentials: OAuth2 clients, the tokens issued to them, authorization codes, browser sessions.

Every secret that is handed out is 256 random bits and is stored as its SHA-256 digest: a copy of
the database opens nothing. A plain digest is right for random secrets; passwords are hashed
slowly, elsewhere.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from houston.core.db.columns import Identified
from houston.core.db.meta import Base
from houston.core.db.types import Guid, UtcDateTime, utc_now

DIGEST_LENGTH = 64


class Token(Identified, Base):
    """An access token with the refresh token that belongs to it, or a personal access token.

    Tokens that come from one sign-in by way of refreshing are one `family`. A refresh token is
    `spent` when it has been used; showing it again means that somebody copied it, and revokes the
    family.
    """

    __tablename__ = "oauth2_token"

    client_guid: Mapped[UUID | None] = mapped_column(Guid(), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    family: Mapped[UUID] = mapped_column(Guid(), index=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    scopes: Mapped[str] = mapped_column(Text)
    access_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), unique=True)
    refresh_digest: Mapped[str | None] = mapped_column(String(DIGEST_LENGTH), unique=True)
    created: Mapped[datetime] = mapped_column(UtcDateTime(), default=utc_now)
    expires: Mapped[datetime | None] = mapped_column(UtcDateTime())
    refresh_expires: Mapped[datetime | None] = mapped_column(UtcDateTime())
    spent: Mapped[datetime | None] = mapped_column(UtcDateTime())
    revoked: Mapped[datetime | None] = mapped_column(UtcDateTime())
    last_used: Mapped[datetime | None] = mapped_column(UtcDateTime())
