"""Bare Pyramid: routes, views and the JSON renderer, with no policy, tween or validation."""

import os
from pathlib import Path
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPUnauthorized
from pyramid.request import Request
from pyramid.response import Response
from pyramid.router import Router
from sqlalchemy.orm import Session

from benchmarks.baselines import DOCUMENT_VARIABLE
from benchmarks.database import session_factory
from benchmarks.schema import User, document, first_users, user_of_token


def make_app() -> Router:
    """Return an application that serves one user, a page of users and a static document."""
    config = Configurator()
    config.registry["sessions"] = session_factory()
    config.registry["document"] = Path(os.environ[DOCUMENT_VARIABLE]).read_bytes()
    for name, path, view, renderer in (
        ("me", "/users/me", show_me, "json"),
        ("users", "/users", list_users, "json"),
        ("document", "/document", show_document, None),
    ):
        config.add_route(name, path)
        config.add_view(view, route_name=name, renderer=renderer)
    return config.make_wsgi_app()


def show_me(request: Request) -> dict[str, Any]:
    """Return the document of the caller."""
    with request.registry["sessions"]() as session:
        return document(_caller(session, request))


def list_users(request: Request) -> list[dict[str, Any]]:
    """Return the first page of users."""
    with request.registry["sessions"]() as session:
        _caller(session, request)
        return [document(user) for user in session.scalars(first_users())]


def show_document(request: Request) -> Response:
    """Return the document, which is loaded once, in a new response."""
    document = request.registry["document"]
    return Response(document, content_type="application/json", charset="UTF-8")


def _caller(session: Session, request: Request) -> User:
    user = session.scalar(user_of_token(request.headers.get("Authorization", "")))
    if user is None:
        raise HTTPUnauthorized
    return user
