"""Two transactions at once, of sessions that commit."""

from collections.abc import Callable, Iterator, Sequence
from threading import Thread
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session, sessionmaker

from houston.core.db.engine import make_engine
from houston.core.db.session import Database

Action = Callable[[Session], Any]


def committing(database_url: str, models: Sequence[Any]) -> "Iterator[sessionmaker[Any]]":
    """Yield a factory of sessions that commit, and delete the rows of some models afterwards."""
    engine = make_engine(database_url)
    factory = Database(engine).writing
    yield factory
    with factory.begin() as db:
        for model in models:
            db.execute(delete(model))
    engine.dispose()


def at_once(factory: "sessionmaker[Any]", first: Action, second: Action) -> None:
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
