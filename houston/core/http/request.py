"""The request, typed.

`add_request_method` would do, but each property that it adds makes Pyramid build a class for every
single request. What every request of Houston has is therefore a plain class.
"""

from collections.abc import Callable
from sys import maxsize
from typing import Any

from cornice.errors import Errors
from pyramid.decorator import reify
from pyramid.request import Request as PyramidRequest
from pyramid.response import Response
from transaction import TransactionManager
from webob.multidict import MultiDict

from houston.core.actors import ANONYMOUS, Actor
from houston.core.db import SAFE_METHODS
from houston.core.db.session import Database, Session
from houston.core.errors import Unauthenticated
from houston.core.http.forms import read_form
from houston.core.security.identity import Identity
from houston.core.services import KEY, Services


class ReadingAddresses(set[str]):
    """The addresses of which no method writes, as that of a search, whose POST only reads."""


class Request(PyramidRequest):
    """A request with its transaction, its session, and the input that validation has accepted."""

    request_body_tempfile_limit = maxsize
    """A whole body is in memory once it is asked for: WebOb need not write it to a file as well."""

    identity: Identity | None
    keep_changes = False
    """Whether an error keeps what was written before it."""

    def __init__(self, environ: dict[str, Any], **attributes: Any) -> None:
        super().__init__(environ, **attributes)
        self.validated: dict[str, Any] = {}
        self.info: dict[str, Any] = {}

    @reify
    def errors(self) -> Errors:
        """What validation has found, as Cornice collects it."""
        return Errors()

    @property
    def services(self) -> Services:
        """The parts of the application."""
        services: Services = self.registry[KEY]
        return services

    @property
    def address(self) -> str:
        """The network address of the caller, as the server or its trusted proxy knows it."""
        return self.remote_addr or "unknown"

    @reify
    def actor(self) -> Actor:
        """The caller as the audit log names them; anonymous until a permission has been asked."""
        environ = self.environ
        return Actor(
            ANONYMOUS,
            address=self.address[:100],
            request_id=environ.get("houston.request_id"),
            started=environ.get("houston.started"),
        )

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
        """The session of this request, joined to its transaction at the first statement.

        One that only reads is closed at the end of the request instead.
        """
        database = self.services[Database]
        if not self.only_reads:
            return database.request_session(self.tm, self.actor)
        session = database.reading(actor=self.actor)
        self.add_finished_callback(lambda _request: session.close())
        return session

    @property
    def only_reads(self) -> bool:
        """Whether it has a safe method, or one that is safe at its address, as a search's POST."""
        if self.method in SAFE_METHODS:
            return True
        route = self.matched_route
        return route is not None and route.pattern in self.services[ReadingAddresses]


Handler = Callable[[Request], Response]
"""A tween's successor: another tween, or the application."""
