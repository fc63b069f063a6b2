"""Credentials."""

from typing import Any

from factory import LazyFunction, Sequence, SubFactory

from houston.core.security.secrets import digest_of
from houston.modules.auth.models import Client, ClientLevel
from tests.factories import RowFactory
from tests.factories.users import UserFactory

SECRET = "a secret of the client's own"
SCOPES = ["auth:read", "users:read", "users:write", "teams:read"]


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
