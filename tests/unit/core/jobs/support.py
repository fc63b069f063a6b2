"""What the tests of jobs share: a job that takes notes, and looks at its row."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from pyramid.config import Configurator
from pyramid.registry import Registry
from sqlalchemy import update
from sqlalchemy.orm import Session

from houston.core.db.session import Database
from houston.core.jobs import (
    Job,
    JobContext,
    JobState,
    enqueue,
)
from houston.core.services import services_of

MakeApplication = Callable[..., Configurator]
MINUTE = timedelta(minutes=1)


class Note:
    """A job that notes its calls, and does what it was told before it returns."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.then: Callable[[JobContext], None] = lambda context: None
        self.heard: list[tuple[dict[str, Any], str]] = []
        self.after_hearing: Callable[[Session], object] = lambda db: None

    def __call__(self, context: JobContext, **arguments: Any) -> None:
        self.calls.append(arguments)
        self.then(context)

    def hear(self, db: Session, arguments: Mapping[str, Any], error: str) -> None:
        self.heard.append((dict(arguments), error))
        self.after_hearing(db)


class Deaf:
    """A doorbell that nobody hears."""

    def ring(self, due: int = 1) -> None: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def work(self) -> None: ...


def committed(db: Session, name: str = "note", **options: Any) -> UUID:
    guid = enqueue(db, name, **options).guid
    db.commit()
    return guid


def fetch(registry: Registry, guid: UUID) -> Job:
    with services_of(registry)[Database].reading() as session:
        row: Job = session.get_one(Job, guid)
        return row


def is_done(registry: Registry, guid: UUID) -> bool:
    return fetch(registry, guid).state is JobState.DONE


def change(db: Session, guid: UUID, **values: Any) -> None:
    db.execute(update(Job).where(Job.guid == guid).values(**values))
    db.commit()
