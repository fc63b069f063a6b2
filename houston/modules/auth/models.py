"""The tables of OAuth2 clients, tokens, authorization codes and browser sessions.

Secrets are stored as digests (`houston.core.security.secrets`).
"""

from datetime import datetime
from enum import Enum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from houston.core.db.models import Audited, Base, Identified, Timestamped, describe_constraint
from houston.core.db.types import Guid, UtcDateTime, Words, utc_now
from houston.core.security.secrets import DIGEST_LENGTH
from houston.modules.users.models import User


class ClientLevel(str, Enum):
    """The type of a client (RFC 6749, section 2.1): a public one cannot keep its secret."""

    PUBLIC = "public"
    CONFIDENTIAL = "confidential"


class Client(Audited, Identified, Timestamped, Base):
    """A program that requests tokens.

    `default_scopes` are the scopes of its tokens, unless it requests fewer. A `first_party` client
    belongs to the site and may ask users for their passwords. The digest of a secret that has ended
    is empty.
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

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True, viewonly=True)

    secret = ""
    """The secret, in the request that creates the client; not a column."""


class Token(Identified, Base):
    """An access token with its refresh token, or a personal access token.

    Tokens that come from one sign-in by refreshing are one `family`. A refresh token is `spent`
    when it has been used; a second use means that it was copied, and revokes the family. A personal
    access token has a name and no client.
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
    user: Mapped[User] = relationship(viewonly=True)

    access_token = ""
    """The token, in the request that creates a personal access token; not a column."""


class AuthorizationCode(Identified, Base):
    """An authorization code (RFC 6749, section 4.1.2) with its PKCE challenge (RFC 7636).

    It can be used once; a second use revokes the tokens of its `family`.
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

    user: Mapped[User] = relationship(viewonly=True)


class BrowserSession(Identified, Base):
    """The session of a signed-in user in a browser; its cookie has the secret, signed."""

    __tablename__ = "auth_session"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), unique=True)
    created: Mapped[datetime] = mapped_column(UtcDateTime(), default=utc_now)
    expires: Mapped[datetime] = mapped_column(UtcDateTime(), index=True)
    last_used: Mapped[datetime | None] = mapped_column(UtcDateTime())

    secret = ""
    """The secret, in the request that signs in; not a column."""
