"""Two transactions at once, in sessions that commit."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session, sessionmaker

from houston.core.db.engine import make_engine
from houston.core.db.session import Database

Sessions = sessionmaker[Any]
Action = Callable[[Session], Any]


@contextmanager
def committing(database_url: str, models: Iterable[Any]) -> Iterator[Sessions]:
    """Yield a factory of sessions that commit, and delete the rows of some models afterwards."""
    engine = make_engine(database_url)
    factory: Sessions = Database(engine).writing
    yield factory
    with factory.begin() as db:
        for model in models:
            db.execute(delete(model))
    engine.dispose()


def at_once(factory: Sessions, first: Action, second: Action) -> None:
    """Run the second function while the transaction of the first is not committed."""

    def run_second() -> None:
        with factory.begin() as db:
            second(db)

    other = Thread(target=run_second)
    with factory.begin() as db:
        first(db)
        other.start()
        other.join(0.5)
        assert other.is_alive(), "the second did not wait"
    other.join(20)
    assert not other.is_alive()
