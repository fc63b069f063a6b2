"""The documents of the API, and the interactive page.

A document is made at its first request and cached as bytes. Later requests are answered by a tween,
without a route and a transaction.
"""

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from threading import Lock
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.interfaces import PHASE3_CONFIG
from pyramid.request import Request
from pyramid.response import Response
from pyramid.tweens import EXCVIEW

from houston.core.api.conditions import conditional, etag_of
from houston.core.api.openapi import check_names, openapi, swagger
from houston.core.api.service import API
from houston.core.http.request import Handler
from houston.core.json import dumps
from houston.core.services import services_of
from houston.core.settings import Settings

REDIRECT = f"{API}/docs/oauth2-redirect.html"
"""The redirect URI of the interactive page."""

PAGES = (
    ("documentation", API, "index.html"),
    ("documentation_redirect", REDIRECT, "oauth2-redirect.html"),
)
STATIC = Path(__file__).parent / "static"
CACHE_SECONDS = 3600

# The page has no inline scripts and styles, and loads nothing from elsewhere.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class DocumentView:
    """Sends one document, or 304 to a caller that has it."""

    def __init__(self, path: str, make: Callable[[], dict[str, Any]]) -> None:
        self.pattern = path
        self.is_made = False
        self._make = make
        self._lock = Lock()

    def __call__(self, request: Request) -> Response:
        """The document of the application."""
        with self._lock:
            body, headers = self._document
        return conditional(request, Response(app_iter=[body], headerlist=headers.copy()))

    @cached_property
    def _document(self) -> tuple[bytes, list[tuple[str, str]]]:
        """The body and the headers of the response."""
        body = dumps(self._make())
        self.is_made = True
        return body, [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("ETag", etag_of(body)),
            ("Cache-Control", "no-cache"),
        ]


class Documents(dict[str, DocumentView]):
    """The documents of an application by their addresses."""


def tween_factory(handler: Handler, registry: Any) -> Handler:
    """The tween that sends cached documents."""
    documents = services_of(registry)[Documents]

    def send(request: Request) -> Response:
        document = documents.get(request.environ["PATH_INFO"])
        if document is None or not document.is_made or request.method not in ("GET", "HEAD"):
            return handler(request)
        request.matched_route = document
        return document(request)

    return send


def includeme(config: Any) -> None:
    """Serve the documents, and the interactive page if the settings enable it."""
    services = services_of(config)
    services.add(documents := Documents())
    for name, make in (("swagger", swagger), ("openapi", openapi)):
        path = f"{API}/{name}.json"
        documents[path] = DocumentView(path, partial(make, config.registry))
        _add(config, name, path, documents[path])
    config.add_tween(
        "houston.core.api.docs.tween_factory",
        under="houston.core.http.tweens.sanity",
        over=("pyramid_tm.tm_tween_factory", EXCVIEW),
    )
    # After all services are registered. With a subscriber to the finished application instead,
    # Pyramid would send four events for each request.
    config.action(None, check_names, args=(config.registry,), order=PHASE3_CONFIG + 1)
    if services[Settings]["houston.docs"]:
        _add(config, "home", "/", home)
        for name, path, file in PAGES:
            _add(config, name, path, _page_view(file))
        config.add_static_view(f"{API[1:]}/docs", str(STATIC), cache_max_age=CACHE_SECONDS)


def _add(config: Any, name: str, path: str, view: Callable[[Request], Response]) -> None:
    config.add_route(name, path, request_method="GET")
    config.add_view(view, route_name=name)


def home(request: Request) -> Response:
    """Redirect `/` to the interactive page, if no web client is served there."""
    return HTTPSeeOther(f"{request.script_name}{API}/")


def _page_view(file: str) -> Callable[[Request], Response]:
    html = (STATIC / file).read_bytes()

    def page(_request: Request) -> Response:
        response = Response(html, content_type="text/html", charset="utf-8")
        response.headers["Content-Security-Policy"] = PAGE_POLICY
        response.cache_control = "no-cache"
        return response

    return page
