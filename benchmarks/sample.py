"""A database with the benchmark's two tables, for runs without Houston."""

import sqlite3
from datetime import datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from benchmarks.schema import Base, Token, User, hash_token

TOKEN = "benchmark-" + "0" * 33
USERS = 60


def write_sample(path: Path) -> str:
    """The sample is one administrator, regular users to fill a page, and one valid token.

    :returns: the token's text
    """
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add_all(_user(number) for number in range(1, USERS + 1))
        session.flush()
        session.add(
            Token(
                token_hash=hash_token(TOKEN),
                user_id=1,
                client_id="documentation",
                scopes="users:read users:write teams:read teams:write",
                expires=datetime.now(timezone.utc).replace(tzinfo=None) + timedelta(hours=1),
            )
        )
    engine.dispose()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    return TOKEN


def _user(number: int) -> User:
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    return User(
        guid=str(UUID(int=number)),
        username=f"user{number}",
        email=f"user{number}@example.org",
        first_name="Ada",
        middle_name="",
        last_name=f"Number {number}",
        full_name=f"Ada Number {number}",
        affiliation="Institute of Whales",
        location="Azores",
        is_active=True,
        is_regular_user=True,
        is_admin=number == 1,
        is_staff=False,
        is_internal=False,
        is_researcher=True,
        is_contributor=True,
        is_exporter=False,
        is_user_manager=False,
        is_interpreter=False,
        created=now,
        updated=now,
    )
