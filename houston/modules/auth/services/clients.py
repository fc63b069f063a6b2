"""Making OAuth2 clients, changing them and listing them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy import select

from houston.core.api.patch import Change
from houston.core.db.session import Session
from houston.core.errors import Forbidden, Unprocessable
from houston.core.security.identity import Identity
from houston.core.security.secrets import digest_of, make_secret
from houston.core.services import Services
from houston.core.tree import Branches
from houston.modules.auth.models import Client, ClientLevel
from houston.modules.auth.services.scopes import all_scopes, check_scopes
from houston.modules.users.models import User

LOOPBACK = ("127.0.0.1", "::1", "localhost")
EXAMPLE_ID = "documentation"
EXAMPLE_SECRET = "KQ()SWK)SQK)QWSKQW(SKQ)S(QWSQW(SJ*HQ&HQW*SQ*^SSQWSGQSG"  # noqa: S105
"""Published in the README, and refused in production with all other example data."""


def list_clients(db: Session, caller: Identity) -> Sequence[Client]:
    """The clients of the caller."""
    own = select(Client).where(Client.user_id == caller.account.id)
    return db.scalars(own.order_by(Client.created, Client.guid)).all()


def register_client(
    services: Services, db: Session, caller: Identity, values: Mapping[str, Any]
) -> Client:
    """Make a client of the caller's; its `secret` can be read from the row this once.

    Raises Unprocessable for unknown scopes and for addresses that others could read; Forbidden for
    scopes beyond the caller's, and for a first-party client unless he is an administrator.
    """
    if values["first_party"] and not caller.account.is_admin:
        text = "Only administrators make first-party clients."
        raise Forbidden(text, messages={"first_party": [text]})
    _check_redirects(values["redirect_uris"])
    scopes = check_scopes(services[Branches], caller, values["default_scopes"], "default_scopes")
    owner = db.get_one(User, caller.account.id)
    return create_client(services, db, owner, **{**values, "default_scopes": scopes})


def create_client(
    services: Services,
    db: Session,
    owner: User,
    *,
    client_id: str | None = None,
    secret: str | None = None,
    level: ClientLevel = ClientLevel.CONFIDENTIAL,
    default_scopes: Iterable[str] = (),
    **values: Any,
) -> Client:
    """Make a client with these scopes, or with all; `secret` can be read from the row this once."""
    guid, secret = uuid4(), secret or make_secret()
    client = Client(
        guid=guid,
        client_id=client_id or str(guid),
        user=owner,
        level=level.value,
        secret_digest=digest_of(secret),
        default_scopes=list(default_scopes) or all_scopes(services[Branches]),
        **values,
    )
    client.secret = secret
    db.add(client)
    db.flush()
    return client


def create_example_client(services: Services, db: Session, owner: User, redirect_uri: str) -> None:
    """Make the client `documentation`, which serves as a public and as a confidential one."""
    create_client(
        services,
        db,
        owner,
        client_id=EXAMPLE_ID,
        name="The interactive documentation",
        level=ClientLevel.PUBLIC,
        first_party=True,
        secret=EXAMPLE_SECRET,
        redirect_uris=[redirect_uri],
    )


def update_client(
    services: Services, db: Session, caller: Identity, client: Client, change: Change
) -> Client:
    """Change a client; raises as `register_client` does."""
    _check_redirects(change.values.get("redirect_uris", ()))
    for name, value in change.values.items():
        if name == "default_scopes":
            added = set(value).difference(client.default_scopes)
            check_scopes(services[Branches], caller, added, name)
        setattr(client, name, value)
    db.flush()
    return client


def delete_client(db: Session, client: Client) -> None:
    """Delete a client with the tokens that were issued to it."""
    db.delete(client)
    db.flush()


def _check_redirects(addresses: Iterable[str]) -> None:
    """Codes travel by https, save on one's own machine, and an address has no fragment."""
    for address in addresses:
        parts = urlsplit(address)
        if parts.fragment or not (parts.scheme == "https" or parts.hostname in LOOPBACK):
            text = f"{address} must begin with https and have no fragment."
            raise Unprocessable(messages={"redirect_uris": [text]})
