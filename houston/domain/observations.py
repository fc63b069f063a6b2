"""Observations: the terms of sightings and encounters, and the columns of when and where."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Text
from sqlalchemy.orm import Mapped, mapped_column

from houston.core.db.texts import SEARCHED
from houston.core.db.types import Guid, UtcDateTime, enumeration
from houston.core.values import TextEnum
from houston.domain.times import ComplexDateTime, Specificity


class Sex(TextEnum):
    """The sex of an animal."""

    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"


class MatchState(TextEnum):
    """The state of the review of the matches of a sighting, which people set."""

    UNREVIEWED = "unreviewed"
    IN_PROGRESS = "in_progress"
    REVIEWED = "reviewed"
    UNIDENTIFIABLE = "unidentifiable"


class Observed:
    """The columns of an observation.

    Attributes:
        time: The instant, in UTC.
        time_offset: The offset of the observer from UTC, in seconds.
        time_specificity: The precision of the time.
        time_order: The middle of the year, the month, the day or the instant in seconds since 1970,
            by which times of any precision are sorted.
        location_guid: The region of the site.
        custom_fields: The values by the ids of their definitions.
    """

    time: Mapped[datetime | None] = mapped_column(UtcDateTime(), index=True)
    time_offset: Mapped[int | None]
    time_specificity: Mapped[Specificity | None] = mapped_column(
        enumeration(Specificity, "time_specificity")
    )
    time_order: Mapped[float | None]
    decimal_latitude: Mapped[float | None]
    decimal_longitude: Mapped[float | None]
    location_guid: Mapped[UUID | None] = mapped_column(Guid(), index=True)
    verbatim_locality: Mapped[str | None] = mapped_column(Text, info=SEARCHED)
    custom_fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    @property
    def observed(self) -> ComplexDateTime | None:
        """The time with its offset and precision, if it is known."""
        return observed_time(self)

    @observed.setter
    def observed(self, moment: ComplexDateTime | None) -> None:
        if moment is None:
            self.time = self.time_offset = self.time_specificity = self.time_order = None
            return
        self.time, self.time_offset = moment.instant, int(moment.offset.total_seconds())
        self.time_specificity, self.time_order = moment.specificity, moment.middle


def observed_time(row: Any) -> ComplexDateTime | None:
    """The time of an observation, or of a row of its columns, if it is known."""
    if row.time is None:
        return None
    return ComplexDateTime(row.time, timedelta(seconds=row.time_offset), row.time_specificity)
