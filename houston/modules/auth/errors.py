"""Errors of OAuth2, in the envelope of the API."""

from http import HTTPStatus
from typing import Any

from houston.core.errors import BadRequest

CODES = {
    "invalid_request": "A parameter is missing or malformed, or the address has a secret.",
    "invalid_client": "The client is unknown, or its secret is wrong or missing.",
    "invalid_grant": (
        "The password, authorization code or refresh token is wrong, expired, used before or was "
        "issued to another client."
    ),
    "invalid_scope": "A scope does not exist, or the client, user or token does not have it.",
    "unauthorized_client": "The client may not use this grant type.",
    "unsupported_grant_type": "The server does not have this grant type.",
    "unsupported_response_type": "The authorization page answers with a code and nothing else.",
    "access_denied": "The user refused the client; the redirect carries this code.",
}
"""The values of `error` (RFC 6749, sections 4.1.2.1 and 5.2) and when each is sent."""


class ProtocolError(BadRequest):
    """A request to an OAuth2 endpoint breaks the protocol: `error` has a code of RFC 6749."""

    def __init__(self, error: str, description: str, status: int = 400, **options: Any) -> None:
        super().__init__(
            description or error, error=error, error_description=description or error, **options
        )
        self.status = HTTPStatus(status)
        if self.status == HTTPStatus.UNAUTHORIZED:
            self.headers.setdefault("WWW-Authenticate", 'Basic realm="houston"')
