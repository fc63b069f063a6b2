"""Complex date-times: their JSON, order and bounds."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from colander import Invalid

from houston.core.schema import messages_of
from houston.domain.times import SCHEMA, ComplexDateTime, Specificity, read, read_iso


def known(time: str, specificity: str = "time") -> ComplexDateTime:
    moment, faults = read({"time": time, "timeSpecificity": specificity})
    assert faults == {}
    assert moment is not None
    return moment


@pytest.mark.parametrize(
    ("values", "faults"),
    [
        (None, {"time": "No data passed in"}),
        ([], {"time": "No data passed in"}),
        ({}, {"time": "No data passed in"}),
        ({"timeSpecificity": "day"}, {"time": "time field missing"}),
        (
            {"time": "", "timeSpecificity": None},
            {
                "time": "time field missing",
                "timeSpecificity": "timeSpecificity field missing",
            },
        ),
        ({"time": 5, "timeSpecificity": "day"}, {"time": "time field must be a string"}),
        (
            {"time": "yesterday", "timeSpecificity": "day"},
            {"time": "time field is not a valid datetime: yesterday"},
        ),
        (
            {"time": "1999-01-01T12:34:56", "timeSpecificity": "day"},
            {"time": "timezone cannot be derived from time: 1999-01-01T12:34:56"},
        ),
        (
            {"time": "1999-01-01T12:34:56Z", "timeSpecificity": "century"},
            {"timeSpecificity": "timeSpecificity century not supported"},
        ),
        (
            {"time": "1999-01-01T12:34:56Z", "timeSpecificity": ["day"]},
            {"timeSpecificity": "timeSpecificity field must be a string"},
        ),
    ],
)
def test_errors_are_reported_by_field(values: Any, faults: dict[str, str]) -> None:
    assert read(values) == (None, faults)


@pytest.mark.parametrize(
    "time",
    [
        "1999-13-01T00:00:00Z",
        "1999-02-29T00:00:00Z",
        "1999-01-01T25:00:00Z",
        "1999-01-01T00:00:00+24:00",
        "1999-01-01T00:00:00+01:99",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "١٩٩٩-01-01T00:00:00Z",
        "1999-01-01T00:00:00Z ",
        "1999-01-01T00:00:00Z\n",
    ],
)
def test_wrong_times_are_refused(time: str) -> None:
    _, faults = read({"time": time, "timeSpecificity": "time"})
    assert faults["time"].startswith("time field is not a valid datetime")


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("1999-01-01T12:34:56-07:00", "1999-01-01T12:34:56-07:00"),
        ("1999-01-01T12:34:56.5-07:00", "1999-01-01T12:34:56.500000-07:00"),
        ("1999-01-01T12:34:56Z", "1999-01-01T12:34:56+00:00"),
        ("1999-01-01t12:34:56z", "1999-01-01T12:34:56+00:00"),
        ("1999-01-01T12:34+0530", "1999-01-01T12:34:00+05:30"),
        ("1999-01-01 12:34:56+03", "1999-01-01T12:34:56+03:00"),
        ("1999-01-01T12:34:56.1234567+00:00", "1999-01-01T12:34:56.123456+00:00"),
    ],
)
def test_time_is_written_in_the_offset_of_the_observer(given: str, sent: str) -> None:
    assert known(given).time == sent


def test_offset_is_stored_as_text() -> None:
    assert known("1999-01-01T12:34:56-07:30").timezone == "UTC-0730"
    assert known("1999-01-01T12:34:56Z").timezone == "UTC+0000"


def test_naive_datetime_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        ComplexDateTime.of(datetime(1999, 1, 1), Specificity.DAY)
    naive = read_iso("1999-01-01")
    assert naive == datetime(1999, 1, 1)


def test_equality_ignores_the_offset() -> None:
    here, there = known("1999-01-01T12:00:00+03:00"), known("1999-01-01T09:00:00Z")
    assert here == there
    assert hash(here) == hash(there)
    assert not here.is_identical(there)
    assert here.is_identical(known("1999-01-01T12:00:00+03:00"))
    assert here != known("1999-01-01T12:00:00+03:00", "day")
    assert here != known("1999-01-01T12:00:00Z")


def test_order_within_one_specificity() -> None:
    early, late = known("1999-01-01T12:00:00+03:00"), known("1999-01-01T10:00:00Z")
    assert early < late
    assert late > early
    assert early <= early
    assert late >= early
    with pytest.raises(ValueError, match="compared"):
        assert early < known("1999-01-01T10:00:00Z", "day")


@pytest.mark.parametrize(
    ("specificity", "first", "last"),
    [
        ("year", "1998-01-01T00:00:00+03:00", "1998-12-31T23:59:59.999999+03:00"),
        ("month", "1998-12-01T00:00:00+03:00", "1998-12-31T23:59:59.999999+03:00"),
        ("day", "1998-12-31T00:00:00+03:00", "1998-12-31T23:59:59.999999+03:00"),
        ("time", "1998-12-31T23:30:00+03:00", "1998-12-31T23:30:00+03:00"),
    ],
)
def test_bounds_are_those_of_the_calendar_of_the_observer(
    specificity: str, first: str, last: str
) -> None:
    moment = known("1998-12-31T23:30:00+03:00", specificity)
    assert moment.bounds == (read_iso(first), read_iso(last))
    assert moment.bounds[0].tzinfo is timezone.utc
    assert moment.bounds[0] <= moment.instant <= moment.bounds[1]


def test_middle_sorts_different_specificities() -> None:
    month, day = known("2020-02-01T00:00:00Z", "month"), known("2020-02-15T00:00:00Z", "day")
    assert abs(month.middle - day.middle) < timedelta(days=1).total_seconds()
    instant = known("2020-02-15T00:00:00Z")
    assert instant.middle == instant.instant.timestamp()


@pytest.mark.parametrize("specificity", Specificity)
@pytest.mark.parametrize("time", ["0002-01-01T00:00:00+23:59", "9998-12-31T23:59:59-23:59"])
def test_first_and_last_years_have_bounds(time: str, specificity: str) -> None:
    earliest, latest = known(time, specificity).bounds
    assert earliest <= latest


def test_schema_is_strict() -> None:
    values = {"time": "2020-02-15T00:00:00Z", "timeSpecificity": "day"}
    assert SCHEMA.deserialize(values) == known(values["time"], "day")
    with pytest.raises(Invalid) as refused:
        SCHEMA.deserialize({**values, "zone": "UTC"})
    assert messages_of(refused.value) == {"zone": ["Unknown field."]}
