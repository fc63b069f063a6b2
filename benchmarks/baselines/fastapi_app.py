"""FastAPI as in its manual: session and caller as dependencies, a Pydantic response.

Views are plain functions and run in the thread pool, as sessions of SQLAlchemy require.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from benchmarks.database import session_factory
from benchmarks.schema import User, first_users, user_of_token


class UserDocument(BaseModel):
    """The document of a user."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    guid: UUID
    username: str
    email: str
    first_name: str
    middle_name: str
    last_name: str
    full_name: str
    website: str | None
    location: str | None
    affiliation: str | None
    forum_id: str | None
    twitter_username: str | None
    is_active: bool
    is_regular_user: bool
    is_admin: bool
    is_staff: bool
    is_internal: bool
    is_researcher: bool
    is_contributor: bool
    is_exporter: bool
    is_user_manager: bool
    in_alpha: bool
    in_beta: bool
    is_email_confirmed: bool
    shares_data: bool
    created: datetime
    updated: datetime


def make_app() -> FastAPI:
    """Return an application that serves one user and a page of users."""
    app = FastAPI()
    sessions = session_factory()

    def open_session() -> Iterator[Session]:
        with sessions() as session:
            yield session

    Database = Annotated[Session, Depends(open_session)]

    def find_caller(session: Database, authorization: Annotated[str, Header()] = "") -> User:
        user = session.scalar(user_of_token(authorization))
        if user is None:
            raise HTTPException(401)
        return user

    Caller = Annotated[User, Depends(find_caller)]

    @app.get("/users/me", response_model=UserDocument)
    def show_me(caller: Caller) -> User:
        return caller

    @app.get("/users", response_model=list[UserDocument])
    def list_users(session: Database, _caller: Caller) -> Sequence[User]:
        return session.scalars(first_users()).all()

    return app
