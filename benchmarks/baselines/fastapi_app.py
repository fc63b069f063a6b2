"""FastAPI as its manual shows it: session and caller as dependencies, a Pydantic response.

Views are plain functions, so they run in the thread pool, as SQLAlchemy's sessions want it.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import ConfigDict, create_model
from sqlalchemy.orm import Session

from benchmarks.database import session_factory
from benchmarks.schema import PUBLIC_FIELDS, User, first_users, user_of_token

UserDocument = create_model(
    "UserDocument",
    __config__=ConfigDict(from_attributes=True),
    **{name: (User.__annotations__[name].__args__[0], ...) for name in PUBLIC_FIELDS},
)


def make_app() -> FastAPI:
    """The application answers one user and a page of users."""
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
