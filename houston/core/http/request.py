"""The class of requests, and the reading of forms, urlencoded or multipart.

With properties added by `add_request_method`, Pyramid would make a class for each request. The
attributes of all requests are therefore those of a plain class.

Forms are read in memory, as the size of bodies is checked before. WebOb's own parser leaves files
open, and uses a module that Python 3.13 no longer has.
"""

from collections.abc import Callable, Iterator
from io import BytesIO
from sys import maxsize
from typing import Any
from urllib.parse import parse_qsl

from cornice.errors import Errors
from multipart import MultipartParser, parse_options_header
from pyramid.decorator import reify
from pyramid.request import Request as PyramidRequest
from pyramid.response import Response
from transaction import TransactionManager
from webob.multidict import MultiDict

from houston.core.actors import ANONYMOUS, Actor
from houston.core.db import SAFE_METHODS
from houston.core.db.session import Database, Session
from houston.core.errors import BadRequest, Unauthenticated
from houston.core.security.grants import Identity
from houston.core.services import KEY, Services

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
FORM_TYPES = (URLENCODED, MULTIPART)
MAX_FIELDS = 128
STRICT: dict[str, Any] = {"keep_blank_values": True, "errors": "strict"}


class ReadingAddresses(set[str]):
    """The addresses whose methods only read, such as those of searches, POST included."""


class Request(PyramidRequest):
    """A request with its transaction, its session and its validated input."""

    request_body_tempfile_limit = maxsize
    """Bodies are read into memory: WebOb need not write them to a file as well."""

    identity: Identity | None
    keep_changes = False
    """Whether the transaction is committed in spite of an error."""
    is_public = False
    """Whether the operation that runs is public."""

    def __init__(self, environ: dict[str, Any], **attributes: Any) -> None:
        super().__init__(environ, **attributes)
        self.validated: dict[str, Any] = {}
        self.info: dict[str, Any] = {}

    @reify
    def errors(self) -> Errors:
        """The faults that Cornice and the validators have found in the input."""
        return Errors()

    @property
    def services(self) -> Services:
        """The parts of the application."""
        services: Services = self.registry[KEY]
        return services

    @property
    def address(self) -> str:
        """The network address of the caller, by the server or its trusted proxy."""
        return self.remote_addr or "unknown"

    @reify
    def actor(self) -> Actor:
        """The caller in the audit log; anonymous until a permission has been checked."""
        environ = self.environ
        return Actor(
            ANONYMOUS,
            address=self.address[:100],
            request_id=environ.get("houston.request_id"),
            started=environ.get("houston.started"),
        )

    @property
    def caller(self) -> Identity:
        """The caller of an operation that only signed-in users may call.

        Raises:
            Unauthenticated: Nobody is signed in.
        """
        if self.identity is None:
            raise Unauthenticated
        return self.identity

    @reify
    def POST(self) -> MultiDict:  # noqa: N802 - WebOb's name
        """The fields of the form in the body: each is text, or a part with a `file`.

        Raises:
            BadRequest: The form is malformed, has more than 128 fields, or is not UTF-8.
        """
        kind, options = parse_options_header(self.environ.get("CONTENT_TYPE", ""))
        try:
            if kind == URLENCODED:
                text = self.body.decode()
                return MultiDict(parse_qsl(text, max_num_fields=MAX_FIELDS, **STRICT))
            if kind == MULTIPART:
                return MultiDict(_parts(self.body, options.get("boundary", "")))
        except ValueError as error:
            raise BadRequest("The form cannot be read.") from error
        return MultiDict()

    @reify
    def tm(self) -> TransactionManager:
        """The transaction manager of this request, instead of that of the thread."""
        return TransactionManager(explicit=True)

    def renew_transaction(self, *, commit: bool) -> None:
        """End the transaction so far and begin another one: slow work must not hold its locks.

        Args:
            commit: Whether the changes so far are kept.
        """
        end = self.tm.commit if commit else self.tm.abort
        end()
        self.tm.begin()

    @reify
    def db(self) -> Session:
        """The session of this request, which joins its transaction at the first statement.

        That of a request that only reads is closed at the end of the request instead.
        """
        database = self.services[Database]
        if not self.only_reads:
            return database.request_session(self.tm, self.actor)
        session = database.reading(actor=self.actor)
        self.add_finished_callback(lambda _request: session.close())
        return session

    @property
    def only_reads(self) -> bool:
        """Return whether its method is safe, or is the POST of a search."""
        if self.method in SAFE_METHODS:
            return True
        route = self.matched_route
        return route is not None and route.pattern in self.services[ReadingAddresses]


Handler = Callable[[Request], Response]
"""The next tween, or the application."""


def _parts(body: bytes, boundary: str) -> Iterator[tuple[str, Any]]:
    parser = MultipartParser(
        BytesIO(body),
        boundary,
        len(body),
        part_limit=MAX_FIELDS,
        spool_limit=len(body),
        memory_limit=len(body),
    )
    for part in parser:
        yield part.name, part if part.filename else _text(part.raw, boundary)


def _text(content: bytes, boundary: str) -> str:
    # The parser takes the rest of a form for the content of a part that has not even a line break.
    if content.startswith(f"--{boundary}".encode()):
        raise ValueError("a part begins with the boundary")
    return content.decode()
