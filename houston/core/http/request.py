"""The request, typed.

`add_request_method` would do, but each property that it adds makes Pyramid build a class for every
single request. What every request of Houston has is therefore a plain class.
"""

from collections.abc import Callable
from sys import maxsize
from typing import Any

from pyramid.decorator import reify
from pyramid.request import Request as PyramidRequest
from pyramid.response import Response
from transaction import TransactionManager
from webob.multidict import MultiDict

from houston.core.db.session import Session, request_session
from houston.core.errors import Unauthenticated
from houston.core.http.forms import read_form
from houston.core.security.identity import Identity


class Request(PyramidRequest):
    """A request with its transaction, its session, and the input that validation has accepted."""

    request_body_tempfile_limit = maxsize
    """Whoever asks for a whole body has it in memory: WebOb need not write it to a file as well."""

    identity: Identity | None
    errors: tuple[()] = ()
    """Cornice asks for it; our validation raises instead of collecting."""
    keep_changes = False
    """Whether an error keeps what was written before it."""

    def __init__(self, environ: dict[str, Any], **attributes: Any) -> None:
        super().__init__(environ, **attributes)
        self.validated: dict[str, Any] = {}
        self.info: dict[str, Any] = {}

    @property
    def address(self) -> str:
        """Where the caller is, as far as the server or the proxy that it trusts knows."""
        return self.remote_addr or "unknown"

    @property
    def caller(self) -> Identity:
        """The caller of an operation that is for signed-in users alone."""
        identity = self.identity
        if identity is None:
            raise Unauthenticated
        return identity

    @reify
    def POST(self) -> MultiDict:  # noqa: N802 - WebOb's name
        """The fields of the form in the body."""
        return read_form(self)

    @reify
    def tm(self) -> TransactionManager:
        """The transaction manager of this request alone, never the thread's."""
        return TransactionManager(explicit=True)

    @reify
    def db(self) -> Session:
        """The session of this request, joined to its transaction at the first statement."""
        return request_session(self)


Handler = Callable[[Request], Response]
"""What a tween stands before: another one, or the application."""
