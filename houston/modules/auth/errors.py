"""Errors as OAuth2 has them, which our envelope carries too."""

from http import HTTPStatus
from typing import Any

from houston.core.errors import BadRequest


class ProtocolError(BadRequest):
    """RFC 6749, section 5.2: the word in `error` says which rule was broken."""

    def __init__(self, error: str, description: str, status: int = 400, **options: Any) -> None:
        super().__init__(
            description or error, error=error, error_description=description or error, **options
        )
        self.status = HTTPStatus(status)
        if self.status == HTTPStatus.UNAUTHORIZED:
            self.headers.setdefault("WWW-Authenticate", 'Basic realm="houston"')
