"""A WebTest client with a token, which accepts every status."""

from datetime import timedelta
from secrets import token_urlsafe
from typing import Any
from uuid import uuid4

from pyramid.registry import Registry
from pyramid.router import Router
from webtest import TestApp, TestResponse

from houston.core.api.openapi import openapi
from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.security.secrets import digest_of
from houston.core.services import services_of
from houston.core.tree import Branches
from houston.modules.auth.models import Token
from houston.modules.auth.services import all_scopes
from tests.contract.checker import check_exchange

DOCUMENT = "tests.document"


class Client(TestApp):  # type: ignore[misc]
    """A caller; `account` is the row, or None for an anonymous caller.

    Every status is returned, so that tests state the status they expect.
    """

    __test__ = False
    account: Any = None

    def do_request(self, req: Any, status: Any = None, expect_errors: Any = None) -> TestResponse:
        """Send the request, and check request and response against the API document."""
        sent = req.body_file_raw.getvalue()
        response = super().do_request(req, status=status or "*", expect_errors=True)
        check_exchange(document_of(self.app.registry), req, sent, response)
        return response


def document_of(registry: Registry) -> dict[str, Any]:
    """Return the published document of an application, which is generated once."""
    if DOCUMENT not in registry:
        registry[DOCUMENT] = openapi(registry)
    document: dict[str, Any] = registry[DOCUMENT]
    return document


def client_of(app: Router, db: Session, account: Any, scopes: str | None = None) -> Client:
    """Return a client with a new token of `account`."""
    token = token_urlsafe(32)
    db.add(
        Token(
            user_id=account.id,
            family=uuid4(),
            scopes=all_scopes(services_of(app)[Branches]) if scopes is None else scopes.split(),
            access_digest=digest_of(token),
            expires=utc_now() + timedelta(hours=1),
        )
    )
    db.commit()
    client = Client(app, extra_environ={"HTTP_AUTHORIZATION": f"Bearer {token}"})
    client.account = account
    return client
