"""Complex date-times: a point in time, the offset of the observer, and its specificity.

In JSON it is two fields of an object: `time`, in ISO 8601 with a numeric offset, and
`timeSpecificity`. The whole instant is kept even where only the year is known (contract C-09).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any

from colander import Invalid, SchemaNode, null

from houston.core.schema import WHOLE, messages_of, types
from houston.core.schema.nodes import Field, Schema
from houston.core.values import quoted

ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?\Z",
    re.ASCII | re.IGNORECASE,
)
FIRST_YEAR, LAST_YEAR = 2, 9998
"""A moment between these has a year in every zone."""
MICROSECOND = timedelta(microseconds=1)


class Specificity(str, Enum):
    """The precision of a time."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    TIME = "time"

    __str__ = str.__str__


@dataclass(frozen=True)
class ComplexDateTime:
    """A point in time with the offset of the observer.

    Two are equal if their instants and specificities are equal. Only those of one specificity have
    an order; comparing others raises ValueError.

    Attributes:
        instant: An aware datetime in UTC.
        offset: The offset from UTC of the observer.
        specificity: The precision.
    """

    instant: datetime
    offset: timedelta = field(compare=False)
    specificity: Specificity

    @classmethod
    def of(cls, moment: datetime, specificity: Specificity) -> "ComplexDateTime":
        """Make one of an aware datetime.

        Raises:
            ValueError: The datetime is naive.
        """
        offset = moment.utcoffset()
        if offset is None:
            raise ValueError("a naive datetime has no offset")
        return cls(moment.astimezone(timezone.utc), offset, specificity)

    @property
    def local(self) -> datetime:
        """The instant in the offset of the observer."""
        return self.instant.astimezone(timezone(self.offset))

    @property
    def time(self) -> str:
        """The ISO 8601 text in the offset of the observer; a fraction of 0 is omitted."""
        return self.local.isoformat()

    @property
    def timezone(self) -> str:
        """The offset as text: `UTC+HHMM`."""
        return f"UTC{self.local:%z}"[:8]

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The first and the last instant of its year, month or day, by the observer's calendar."""
        local = self.local
        day = local.replace(hour=0, minute=0, second=0, microsecond=0)
        if self.specificity is Specificity.TIME:
            return self.instant, self.instant
        if self.specificity is Specificity.DAY:
            return _utc(day), _utc(day + timedelta(days=1)) - MICROSECOND
        first = day.replace(day=1)
        if self.specificity is Specificity.MONTH:
            next_month = (first + timedelta(days=31)).replace(day=1)
            return _utc(first), _utc(next_month) - MICROSECOND
        first = first.replace(month=1)
        return _utc(first), _utc(first.replace(year=first.year + 1)) - MICROSECOND

    @property
    def middle(self) -> float:
        """The middle of its bounds in seconds since 1970, the key for sorting."""
        earliest, latest = self.bounds
        return (earliest.timestamp() + latest.timestamp()) / 2

    def is_identical(self, other: "ComplexDateTime") -> bool:
        """Return whether another is equal and was observed at the same offset."""
        return self == other and self.offset == other.offset

    def __lt__(self, other: "ComplexDateTime") -> bool:
        return self._comparable(other) < other.instant

    def __le__(self, other: "ComplexDateTime") -> bool:
        return self._comparable(other) <= other.instant

    def _comparable(self, other: "ComplexDateTime") -> datetime:
        if self.specificity is not other.specificity:
            raise ValueError(f"{self.specificity} cannot be compared with {other.specificity}")
        return self.instant


def read_iso(text: str) -> datetime | None:
    """Return the datetime of an ISO 8601 text, naive without an offset; None for other texts.

    The time of day may be omitted.
    """
    found = ISO.match(text)
    if found is None:
        return None
    *numbers, fraction, zone = found.groups()
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    microsecond = int(f"{fraction or ''}000000"[:6])
    try:
        return datetime(year, month, day, hour, minute, second, microsecond, _zone(zone))
    except ValueError:
        return None


class IsoTime(types.String):
    """ISO 8601 text with an offset, which becomes a datetime with that offset."""

    def deserialize(self, node: SchemaNode, cstruct: Any) -> Any:
        """Return the datetime.

        Raises:
            colander.Invalid: The text is not a time, or it has no offset.
        """
        moment = read_iso(super().deserialize(node, cstruct))
        if moment is None:
            raise Invalid(node, f"time field is not a valid datetime: {quoted(cstruct)}")
        if moment.tzinfo is None:
            raise Invalid(node, f"timezone cannot be derived from time: {quoted(cstruct)}")
        return moment


class SpecificityName(types.String):
    """The name of a specificity, which becomes its member."""

    def deserialize(self, node: SchemaNode, cstruct: Any) -> Any:
        """Return the specificity.

        Raises:
            colander.Invalid: There is no such specificity.
        """
        try:
            return Specificity(super().deserialize(node, cstruct))
        except ValueError:
            raise Invalid(node, f"timeSpecificity {quoted(cstruct)} not supported") from None


class RequiredText(Field):
    """A text that is required; null and an empty text count as missing."""

    def deserialize(self, cstruct: Any = null) -> Any:
        """Return the value of the text.

        Raises:
            colander.Invalid: The text is missing or wrong.
        """
        if cstruct is null or cstruct is None or cstruct == "":
            raise Invalid(self, f"{self.name} field missing")
        if not isinstance(cstruct, str):
            raise Invalid(self, f"{self.name} field must be a string")
        return super().deserialize(cstruct)


class ComplexDateTimeSchema(Schema):
    """The two fields of a complex date-time."""

    time = RequiredText(IsoTime())
    specificity = RequiredText(SpecificityName(), name="timeSpecificity")

    def deserialize(self, cstruct: Any = null) -> Any:
        """Return the `ComplexDateTime`.

        Raises:
            colander.Invalid: With all faults.
        """
        if not isinstance(cstruct, Mapping) or not cstruct:
            raise Invalid(self, "No data passed in")
        values = super().deserialize(cstruct)
        return ComplexDateTime.of(values["time"], values["timeSpecificity"])


SCHEMA = ComplexDateTimeSchema()


def read(values: Any) -> tuple[ComplexDateTime | None, dict[str, str]]:
    """Read the complex date-time in an object that may have further fields.

    Returns:
        The complex date-time, or None; and the faults by field.
    """
    if isinstance(values, Mapping) and values:
        values = {node.name: values.get(node.name) for node in SCHEMA.children}
    try:
        return SCHEMA.deserialize(values), {}
    except Invalid as invalid:
        faults = messages_of(invalid)
        return None, {"time" if name == WHOLE else name: texts[0] for name, texts in faults.items()}


def _zone(text: str | None) -> timezone | None:
    """Return the zone of an offset.

    Raises:
        ValueError: The offset is a day or more.
    """
    if not text:
        return None
    if text in "Zz":
        return timezone.utc
    hours, minutes = int(text[1:3]), int(text[-2:] if len(text) > 3 else 0)
    offset = timedelta(hours=hours, minutes=minutes)
    if minutes > 59:
        raise ValueError
    return timezone(-offset if text[0] == "-" else offset)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(timezone.utc)
