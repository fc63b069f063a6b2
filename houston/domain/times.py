"""A point in time with the offset of whoever observed it, and how exactly it is known.

On the wire it is two fields beside each other: `time`, ISO 8601 with a numeric offset, and
`timeSpecificity`. The whole instant is kept even where it is only known to the year.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any

from houston.core.errors import shown

ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?\Z",
    re.ASCII | re.IGNORECASE,
)
FIRST_YEAR, LAST_YEAR = 2, 9998
"""Within these a moment has its year in any zone."""
MICROSECOND = timedelta(microseconds=1)

Faults = dict[str, str]


class Specificity(str, Enum):
    """How exactly a time is known."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    TIME = "time"

    __str__ = str.__str__


@dataclass(frozen=True)
class ComplexDateTime:
    """An aware `instant` in UTC, the `offset` it was observed at, and its `specificity`.

    Two are equal when instant and specificity are, wherever they were observed. Only those of one
    specificity have an order; comparing others raises ValueError.
    """

    instant: datetime
    offset: timedelta = field(compare=False)
    specificity: Specificity

    @classmethod
    def of(cls, moment: datetime, specificity: Specificity) -> "ComplexDateTime":
        """An aware moment, known so exactly."""
        offset = moment.utcoffset()
        if offset is None:
            raise ValueError("a naive datetime has no offset")
        return cls(moment.astimezone(timezone.utc), offset, specificity)

    @property
    def local(self) -> datetime:
        """The moment on the clock of whoever observed it."""
        return self.instant.astimezone(timezone(self.offset))

    @property
    def time(self) -> str:
        """The moment as it is sent: in its own offset, with a fraction only where there is one."""
        return self.local.isoformat()

    @property
    def timezone(self) -> str:
        """The offset as it is stored: `UTC+HHMM`."""
        return f"UTC{self.local:%z}"[:8]

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The first and the last instant it may mean: of the year, month or day where it was."""
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
        """The middle of its bounds in seconds since 1970, by which different ones are sorted."""
        earliest, latest = self.bounds
        return (earliest.timestamp() + latest.timestamp()) / 2

    def is_identical(self, other: "ComplexDateTime") -> bool:
        """Whether another is equal and was observed at the same offset."""
        return self == other and self.offset == other.offset

    def __lt__(self, other: "ComplexDateTime") -> bool:
        return self._comparable(other) < other.instant

    def __le__(self, other: "ComplexDateTime") -> bool:
        return self._comparable(other) <= other.instant

    def _comparable(self, other: "ComplexDateTime") -> datetime:
        if self.specificity is not other.specificity:
            raise ValueError(f"{self.specificity} cannot be compared with {other.specificity}")
        return self.instant


def read(values: Any) -> tuple[ComplexDateTime | None, Faults]:
    """The date-time in the fields `time` and `timeSpecificity`, or what is wrong by field."""
    if not isinstance(values, Mapping) or not values:
        return None, {"time": "No data passed in"}
    faults: Faults = {}
    moment = _read_time(values.get("time"), faults)
    specificity = _read_specificity(values.get("timeSpecificity"), faults)
    if moment is None or specificity is None:
        return None, faults
    return ComplexDateTime.of(moment, specificity), faults


def read_iso(text: str) -> datetime | None:
    """The moment of an ISO 8601 text, naive where it has no offset; None where it has no meaning.

    The time of day may be left out.
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


def _read_time(value: Any, faults: Faults) -> datetime | None:
    if value is None or value == "":
        faults["time"] = "time field missing"
        return None
    if not isinstance(value, str):
        faults["time"] = "time field must be a string"
        return None
    moment = read_iso(value)
    if moment is None:
        faults["time"] = f"time field is not a valid datetime: {shown(value)}"
        return None
    if moment.tzinfo is None:
        faults["time"] = f"timezone cannot be derived from time: {shown(value)}"
        return None
    return moment


def _read_specificity(value: Any, faults: Faults) -> Specificity | None:
    if value is None or value == "":
        faults["timeSpecificity"] = "timeSpecificity field missing"
        return None
    if not isinstance(value, str):
        faults["timeSpecificity"] = "timeSpecificity field must be a string"
        return None
    try:
        return Specificity(value)
    except ValueError:
        faults["timeSpecificity"] = f"timeSpecificity {shown(value)} not supported"
        return None


def _zone(text: str | None) -> timezone | None:
    """The zone of an offset; raises ValueError for one of a day or more."""
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
