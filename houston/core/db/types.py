"""Column types that mean the same on SQLite and PostgreSQL."""

from collections.abc import Iterable
from datetime import datetime, timezone
from enum import Enum
from typing import Any

from sqlalchemy import DateTime, Dialect, Text, TypeDecorator, Uuid
from sqlalchemy import Enum as EnumType


class Guid(Uuid[Any]):
    """A `uuid.UUID`: native on PostgreSQL, 32 hexadecimal digits on SQLite."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(as_uuid=True)


class Words(TypeDecorator[list[str]]):
    """A list of words without blanks, such as scopes or addresses, as OAuth2 writes them."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str | None:
        """The words with blanks between them."""
        return None if value is None else " ".join(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[str] | None:
        """The words."""
        return None if value is None else value.split()


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC; a naive one is refused, because its zone would be a guess.

    SQLite has no zones: there the column holds UTC and the zone is put back on reading.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The instant in UTC, as it is stored."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        return value.astimezone(timezone.utc)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The instant in UTC, as it is used."""
        return None if value is None else value.astimezone(timezone.utc)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        """The function that reads a value; on SQLite it is one call, since lists read thousands."""
        if dialect.name != "sqlite":
            return super().result_processor(dialect, coltype)
        read = datetime.fromisoformat
        return lambda value: None if value is None else read(value + "+00:00")


def enumeration(members: type[Enum], name: str) -> EnumType:
    """A column of the members' values, held to them by a constraint of this name."""
    return EnumType(
        members,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=16,
        values_callable=lambda each: [str(member.value) for member in each],
    )


def utc_now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(timezone.utc)
