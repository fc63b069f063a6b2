"""Two workers complete the last two steps at the same time, and the work is complete."""

from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import sessionmaker

from houston.core.db.engine import make_engine
from houston.core.db.session import Database
from houston.modules.jobs.models import Progress, ProgressStatus
from houston.modules.jobs.services import complete, create_progress


@pytest.fixture
def factory(app: Any, database_url: str) -> Iterator["sessionmaker[Any]"]:
    """Yield a factory of sessions that commit, and delete their rows afterwards."""
    engine = make_engine(database_url)
    factory = Database(engine).writing
    yield factory
    with factory.begin() as db:
        db.execute(delete(Progress))
    engine.dispose()


def test_second_worker_sees_the_change_of_the_first(factory: "sessionmaker[Any]") -> None:
    with factory.begin() as db:
        work = create_progress(db, "Detection")
        guids = [create_progress(db, f"Step {number}", work).guid for number in (1, 2)]
        work_guid = work.guid

    def end_the_second() -> None:
        with factory.begin() as db:
            complete(db, db.get_one(Progress, guids[1]))

    second = Thread(target=end_the_second)
    with factory.begin() as db:
        complete(db, db.get_one(Progress, guids[0]))
        second.start()
        second.join(0.3)
        assert second.is_alive(), "the second did not wait"
    second.join(10)
    with factory() as db:
        row = db.get_one(Progress, work_guid)
        assert (row.status, row.percentage) == (ProgressStatus.COMPLETED, 100)
