"""Credentials: OAuth2 clients, the tokens issued to them, authorization codes, browser sessions.

Every secret that is handed out is stored as its digest (`houston.core.security.secrets`).
"""

from datetime import datetime
from enum import Enum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from houston.core.db.columns import Audited, Identified, Timestamped
from houston.core.db.conflicts import describe_constraint
from houston.core.db.meta import Base
from houston.core.db.types import Guid, UtcDateTime, Words, utc_now
from houston.core.security.secrets import DIGEST_LENGTH
from houston.modules.users.models import User


class ClientLevel(str, Enum):
    """What a client can keep to itself: a public one runs where its secret could be read."""

    PUBLIC = "public"
    CONFIDENTIAL = "confidential"


class Client(Audited, Identified, Timestamped, Base):
    """A program that asks for tokens.

    `default_scopes` are those it gets unless it asks for fewer, and the most it can get. A
    `first_party` client belongs to the site and may ask people for their passwords.
    """

    __tablename__ = "oauth2_client"
    __masked__ = frozenset({"secret_digest"})
    __table_args__ = (
        UniqueConstraint(
            "client_id",
            name=describe_constraint(
                "uq_oauth2_client_client_id", "client_id", "The client id is already in use."
            ),
        ),
    )

    client_id: Mapped[str] = mapped_column(String(80))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    level: Mapped[str] = mapped_column(String(20), default=ClientLevel.PUBLIC.value)
    first_party: Mapped[bool] = mapped_column(default=False)
    secret_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    redirect_uris: Mapped[list[str]] = mapped_column(Words(), default=list)
    default_scopes: Mapped[list[str]] = mapped_column(Words())

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    secret = ""
    """Not a column: known in the request that makes the client, and never again."""

    @property
    def user_guid(self) -> UUID:
        """The guid of the owner."""
        return self.user.guid


class Token(Identified, Base):
    """An access token with the refresh token that belongs to it, or a personal access token.

    Tokens that come from one sign-in by way of refreshing are one `family`. A refresh token is
    `spent` when it has been used; showing it again means that somebody copied it, and revokes the
    family. A personal access token has a name and no client.
    """

    __tablename__ = "oauth2_token"

    client_guid: Mapped[UUID | None] = mapped_column(
        ForeignKey("oauth2_client.guid", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    family: Mapped[UUID] = mapped_column(Guid(), index=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(120), default="")
    scopes: Mapped[list[str]] = mapped_column(Words())
    access_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), unique=True)
    refresh_digest: Mapped[str | None] = mapped_column(String(DIGEST_LENGTH), unique=True)
    created: Mapped[datetime] = mapped_column(UtcDateTime(), default=utc_now)
    expires: Mapped[datetime | None] = mapped_column(UtcDateTime())
    refresh_expires: Mapped[datetime | None] = mapped_column(UtcDateTime())
    spent: Mapped[datetime | None] = mapped_column(UtcDateTime())
    revoked: Mapped[datetime | None] = mapped_column(UtcDateTime())
    last_used: Mapped[datetime | None] = mapped_column(UtcDateTime())

    client: Mapped[Client | None] = relationship()
    user: Mapped[User] = relationship()

    access_token = ""
    """Not a column: known in the request that makes a personal token, and never again."""


class AuthorizationCode(Identified, Base):
    """A permission that a user gave a client, on its way to becoming a token (RFC 6749, 4.1).

    It is good once; `family` names the tokens to revoke when it is shown again.
    """

    __tablename__ = "oauth2_authorization_code"

    client_guid: Mapped[UUID] = mapped_column(
        ForeignKey("oauth2_client.guid", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    family: Mapped[UUID] = mapped_column(Guid(), default=uuid4)
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), unique=True)
    scopes: Mapped[list[str]] = mapped_column(Words())
    redirect_uri: Mapped[str] = mapped_column(String(2048))
    code_challenge: Mapped[str] = mapped_column(String(128))
    expires: Mapped[datetime] = mapped_column(UtcDateTime())
    used: Mapped[datetime | None] = mapped_column(UtcDateTime())

    user: Mapped[User] = relationship()


class BrowserSession(Identified, Base):
    """A browser in which somebody has signed in; its cookie carries a secret, signed."""

    __tablename__ = "auth_session"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), unique=True)
    created: Mapped[datetime] = mapped_column(UtcDateTime(), default=utc_now)
    expires: Mapped[datetime] = mapped_column(UtcDateTime(), index=True)
    last_used: Mapped[datetime | None] = mapped_column(UtcDateTime())
