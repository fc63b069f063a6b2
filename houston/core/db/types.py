"""Column types with the same behaviour on SQLite and PostgreSQL."""

from collections.abc import Iterable
from datetime import datetime, timezone
from enum import Enum
from typing import Any

from sqlalchemy import DateTime, Dialect, Text, TypeDecorator, Uuid
from sqlalchemy import Enum as EnumType

Guid = Uuid
"""A `uuid.UUID`: native on PostgreSQL, 32 hexadecimal digits on SQLite."""


class Words(TypeDecorator[list[str]]):
    """A list of words without blanks, such as scopes, separated by blanks."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str | None:
        """The words, separated by blanks."""
        return None if value is None else " ".join(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[str] | None:
        """The words."""
        return None if value is None else value.split()


class UtcDateTime(TypeDecorator[datetime]):
    """A timezone-aware datetime in UTC; a naive one is refused, as its timezone would be a guess.

    SQLite has no timezones: there the column has times in UTC.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        return value.astimezone(timezone.utc)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time in UTC."""
        return None if value is None else value.astimezone(timezone.utc)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        """The function that reads a value; one call on SQLite, as lists have many times."""
        if dialect.name != "sqlite":
            return super().result_processor(dialect, coltype)
        read = datetime.fromisoformat
        return lambda value: None if value is None else read(value + "+00:00")


def enumeration(members: type[Enum], name: str) -> EnumType:
    """The type of a column with the values of an enumeration, and a constraint of this name."""
    return EnumType(
        members,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=16,
        values_callable=lambda each: [str(member.value) for member in each],
    )


def utc_now() -> datetime:
    """The current time, timezone-aware, in UTC."""
    return datetime.now(timezone.utc)
