"""Owners, herds and animals in an in-memory database, whose statements are counted."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from pyramid.authorization import Authenticated, Everyone
from sqlalchemy import ForeignKey, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from houston.core.db.session import Database
from houston.core.security.grants import Identity

ADA, EVE = UUID(int=1), UUID(int=2)


class Base(DeclarativeBase):
    pass


class Owner(Base):
    __tablename__ = "owner"
    guid: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]


class Herd(Base):
    __tablename__ = "herd"
    guid: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    is_public: Mapped[bool] = mapped_column(default=False)
    owner_guid: Mapped[UUID] = mapped_column(ForeignKey("owner.guid"))
    owner: Mapped[Owner] = relationship()
    animals: Mapped[list["Animal"]] = relationship(back_populates="herd", order_by="Animal.name")


class Animal(Base):
    __tablename__ = "animal"
    guid: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    herd_guid: Mapped[UUID] = mapped_column(ForeignKey("herd.guid"))
    herd: Mapped[Herd] = relationship(back_populates="animals")


def database() -> Database:
    """Create a database with a herd of Ada, one of Eve, and a public one of Eve."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    created = Database(engine)
    with created.transaction() as db:
        db.add_all([Owner(guid=ADA, name="Ada"), Owner(guid=EVE, name="Eve")])
        for number, (name, owner) in enumerate({"north": ADA, "south": EVE, "west": EVE}.items()):
            guid = UUID(int=10 + number)
            db.add(Herd(guid=guid, name=name, owner_guid=owner, is_public=name == "west"))
            for letter in range(2):
                animal = UUID(int=100 + 10 * number + letter)
                db.add(Animal(guid=animal, name=f"{name}{letter}", herd_guid=guid))
    return created


def identity(guid: UUID, *roles: str) -> Identity:
    """Return a caller with additional roles."""
    account: Any = SimpleNamespace(guid=guid, id=guid.int)
    principals = frozenset({Everyone, Authenticated, *roles})
    return Identity(account, principals, None, "bearer", UUID(int=0))


@contextmanager
def statements(made: Database) -> Iterator[list[str]]:
    """Yield the SQL statements of the block."""
    observed: list[str] = []

    def record(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        observed.append(statement)

    event.listen(made.engine, "before_cursor_execute", record)
    yield observed
    event.remove(made.engine, "before_cursor_execute", record)
