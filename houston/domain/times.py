"""Complex date-times: a point in time, the offset of the observer, and its specificity.

In JSON it is two fields of an object: `time`, in ISO 8601 with a numeric offset, and
`timeSpecificity`. The whole instant is kept even where only the year is known (contract C-09).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import total_ordering
from typing import Any

from colander import Invalid, null

from houston.core.schema import WHOLE, messages_of, types
from houston.core.schema.nodes import Field, Schema
from houston.core.values import TextEnum, quoted

ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)"
    r"(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:(Z)|([+-]\d\d)(?::?([0-5]\d))?)?)?\Z",
    re.ASCII | re.IGNORECASE,
)
FIRST_YEAR, LAST_YEAR = 2, 9998
"""A moment between these has a year in every zone."""
MICROSECOND = timedelta(microseconds=1)


class Specificity(TextEnum):
    """The precision of a time."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    TIME = "time"


@total_ordering
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
        if self.specificity is Specificity.TIME:
            return self.instant, self.instant
        first = self.local.replace(hour=0, minute=0, second=0, microsecond=0)
        if self.specificity is Specificity.DAY:
            after = first + timedelta(days=1)
        elif self.specificity is Specificity.MONTH:
            first = first.replace(day=1)
            after = (first + timedelta(days=31)).replace(day=1)
        else:
            first = first.replace(month=1, day=1)
            after = first.replace(year=first.year + 1)
        return first.astimezone(timezone.utc), (after - MICROSECOND).astimezone(timezone.utc)

    @property
    def middle(self) -> float:
        """The middle of its bounds in seconds since 1970, the key for sorting."""
        earliest, latest = self.bounds
        return (earliest.timestamp() + latest.timestamp()) / 2

    def is_identical(self, other: "ComplexDateTime") -> bool:
        """Return whether another is equal and was observed at the same offset."""
        return self == other and self.offset == other.offset

    def __lt__(self, other: "ComplexDateTime") -> bool:
        if self.specificity is not other.specificity:
            raise ValueError(f"{self.specificity} cannot be compared with {other.specificity}")
        return self.instant < other.instant


def read_iso(text: str) -> datetime | None:
    """Return the datetime of an ISO 8601 text, naive without an offset; None for other texts.

    The time of day may be omitted.
    """
    found = ISO.match(text)
    if found is None:
        return None
    day, minutes, seconds, fraction, utc, zone_hours, zone_minutes = found.groups("")
    time = f"{minutes or '00:00'}:{seconds or '00'}.{fraction[:6]:0<6}"
    zone = f"{zone_hours}:{zone_minutes or '00'}" if zone_hours else "+00:00" if utc else ""
    try:
        moment = datetime.fromisoformat(f"{day}T{time}{zone}")
    except ValueError:
        return None
    return moment if FIRST_YEAR <= moment.year <= LAST_YEAR else None


class RequiredText(Field):
    """A text that is required, and its meaning; null and an empty text count as missing."""

    schema_type = types.String

    def __init__(self, meaning: Callable[[str], Any], **options: Any) -> None:
        super().__init__(**options)
        self._meaning = meaning

    def deserialize(self, cstruct: Any = null) -> Any:
        """Return the meaning of the text.

        Raises:
            colander.Invalid: The text is missing, or has no meaning.
        """
        if cstruct is null or cstruct is None or cstruct == "":
            raise Invalid(self, f"{self.name} field missing")
        if not isinstance(cstruct, str):
            raise Invalid(self, f"{self.name} field must be a string")
        try:
            return self._meaning(super().deserialize(cstruct))
        except ValueError as error:
            raise Invalid(self, str(error)) from None


def _aware(text: str) -> datetime:
    moment = read_iso(text)
    if moment is None:
        raise ValueError(f"time field is not a valid datetime: {quoted(text)}")
    if moment.tzinfo is None:
        raise ValueError(f"timezone cannot be derived from time: {quoted(text)}")
    return moment


def _specificity(text: str) -> Specificity:
    try:
        return Specificity(text)
    except ValueError:
        raise ValueError(f"timeSpecificity {quoted(text)} not supported") from None


class ComplexDateTimeSchema(Schema):
    """The two fields of a complex date-time."""

    time = RequiredText(_aware)
    specificity = RequiredText(_specificity, name="timeSpecificity")

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
