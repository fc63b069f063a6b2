"""Bare Flask: two views and its JSON provider."""

from typing import Any

from flask import Flask, abort, request
from sqlalchemy.orm import Session

from benchmarks.database import session_factory
from benchmarks.schema import User, document, first_users, user_of_token


def make_app() -> Flask:
    """Return an application that serves one user and a page of users."""
    app = Flask(__name__)
    sessions = session_factory()

    @app.get("/users/me")
    def show_me() -> dict[str, Any]:
        with sessions() as session:
            return document(_caller(session))

    @app.get("/users")
    def list_users() -> list[dict[str, Any]]:
        with sessions() as session:
            _caller(session)
            return [document(user) for user in session.scalars(first_users())]

    return app


def _caller(session: Session) -> User:
    user = session.scalar(user_of_token(request.headers.get("Authorization", "")))
    if user is None:
        abort(401)
    return user
