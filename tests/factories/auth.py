"""Credentials."""

from datetime import timedelta
from typing import Any

from factory import LazyFunction, Sequence, SubFactory

from houston.core.db.types import utc_now
from houston.core.security.secrets import digest_of
from houston.modules.auth.models import Client, ClientLevel, Token
from tests.factories import RowFactory
from tests.factories.users import UserFactory

SECRET = "the secret of the client"
SCOPES = ["auth:read", "teams:read", "users:read", "users:write"]


class ClientFactory(RowFactory):
    """A confidential client of the site, with `SECRET`."""

    class Meta:
        model = Client

    client_id = Sequence(lambda number: f"program{number}")
    user: Any = SubFactory(UserFactory)
    level = ClientLevel.CONFIDENTIAL.value
    first_party = True
    secret_digest = digest_of(SECRET)
    default_scopes = LazyFunction(lambda: list(SCOPES))
    redirect_uris = LazyFunction(lambda: ["https://client.example.org/callback"])


class TokenFactory(RowFactory):
    """A token without a known text."""

    class Meta:
        model = Token

    scopes = LazyFunction(lambda: list(SCOPES))
    access_digest = Sequence(lambda number: f"{number:064x}")
    expires = LazyFunction(lambda: utc_now() + timedelta(hours=1))
