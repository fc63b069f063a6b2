"""Validation of the values of custom fields, by display type."""

from typing import Any

import pytest

from houston.core.db.session import Session
from houston.modules.site_settings import services as site_settings
from tests.factories import services
from tests.factories.site_settings import SiteSettingFactory, definition, region

RIVER = region("Mara River", id="0c9d1f6a-2b34-4c1e-8f5d-6e7a8b9c0d1e")
HEADING = region("Kenya", id="9a7b6c5d-4e3f-4a2b-8c1d-0e9f8a7b6c5d", placeholderOnly=True)
NOBODYS = "5f0b2a3e-7c1d-4e55-9c43-0d6b6a1f2e88"
CHOICES = [{"label": "Rain", "value": "rain"}, {"label": "One", "value": 1}]
NULL_CHOICE = [*CHOICES, {"label": "Unknown", "value": None}]


def check(db: Session, field: dict[str, Any], value: Any) -> tuple[Any, list[str]]:
    """Validate a value; return the value to store, and the messages."""
    SiteSettingFactory(
        key="site.custom.customFields.Sighting", value={"definitions": [definition(), field]}
    )
    SiteSettingFactory(key="site.custom.regions", value={"locationID": [RIVER, HEADING]})
    good, faults = site_settings.custom_fields(services(), db, "Sighting").check(
        {field["id"]: value}
    )
    return good.get(field["id"]), faults.get(field["id"], [])


@pytest.mark.parametrize(
    ("display", "value", "stored"),
    [
        ("string", "", ""),
        ("longstring", "a\nb", "a\nb"),
        ("boolean", False, False),
        ("integer", 5, 5),
        ("integer", " -12 ", -12),
        ("float", 5, 5),
        ("float", 0.5, 0.5),
        ("feetmeters", "1.5e2", 150.0),
        ("date", "2020-01-02", "2020-01-02T00:00:00.000000+00:00"),
        ("date", "2020-01-02T03:04:05", "2020-01-02T03:04:05.000000+00:00"),
        ("date", "2020-01-02T03:04:05.5Z", "2020-01-02T03:04:05.500000+00:00"),
        ("date", "2020-01-02T03:04:05+03:00", "2020-01-02T03:04:05.000000+03:00"),
        (
            "daterange",
            ["2020-01-02T00:00:00Z", "2020-01-02"],
            ["2020-01-02T00:00:00.000000+00:00"] * 2,
        ),
        ("daterange", [None, None], [None, None]),
        ("latlong", [-1.5, 180], [-1.5, 180]),
        ("latlong", ["-1.5", "35"], [-1.5, 35.0]),
        ("latlong", [None, None], [None, None]),
        ("locationId", RIVER["id"].upper(), RIVER["id"]),
        ("locationID", RIVER["id"], RIVER["id"]),
        (
            "specifiedTime",
            {"time": "2020-01-02T03:04:05Z", "timeSpecificity": "day"},
            {"time": "2020-01-02T03:04:05+00:00", "timeSpecificity": "day"},
        ),
        ("string", None, None),
        ("date", None, None),
        ("daterange", None, None),
    ],
)
def test_valid_values_are_stored(db: Session, display: str, value: Any, stored: Any) -> None:
    assert check(db, definition(display), value) == (stored, [])


@pytest.mark.parametrize(
    ("display", "value"),
    [
        ("string", 5),
        ("string", "\0"),
        ("string", "x" * 10_001),
        ("boolean", "true"),
        ("boolean", 1),
        ("integer", 1.0),
        ("integer", True),
        ("integer", "five"),
        ("integer", 2**63),
        ("float", "NaN"),
        ("float", True),
        ("float", [1]),
        ("date", "yesterday"),
        ("date", 2020),
        ("daterange", ["2020-01-02", "2020-01-01"]),
        ("daterange", ["2020-01-02", None]),
        ("daterange", ["2020-01-02"]),
        ("daterange", "2020-01-02"),
        ("latlong", [91, 0]),
        ("latlong", [0, -181]),
        ("latlong", [0, None]),
        ("latlong", [0]),
        ("locationId", HEADING["id"]),
        ("locationId", NOBODYS),
        ("locationId", ""),
        ("individual", NOBODYS),
        ("individual", "Bessie"),
        ("file", NOBODYS),
        ("specifiedTime", {"time": "2020-01-02T03:04:05Z"}),
    ],
)
def test_invalid_values_are_reported(db: Session, display: str, value: Any) -> None:
    stored, (fault,) = check(db, definition(display), value)
    assert stored is None
    assert fault.startswith('Value "')
    assert fault.endswith(f'" is not valid for {display}')
    assert len(fault) < 200


@pytest.mark.parametrize("display", ["string", "latlong", "daterange", "select"])
def test_null_is_refused_for_a_required_field(db: Session, display: str) -> None:
    field = definition(display, required=True, choices=CHOICES)
    assert check(db, field, None)[1] == [f'Value "None" is not valid for {display}']


@pytest.mark.parametrize("display", ["latlong", "daterange"])
def test_nulls_are_refused_for_a_required_pair(db: Session, display: str) -> None:
    assert check(db, definition(display, required=True), [None, None])[1]


def test_null_is_accepted_if_it_is_a_choice(db: Session) -> None:
    field = definition("select", required=True, choices=NULL_CHOICE)
    assert check(db, field, None) == (None, [])


@pytest.mark.parametrize(("value", "good"), [("rain", True), (1, True), (True, False), ("", False)])
def test_select_accepts_its_choices(db: Session, value: Any, good: bool) -> None:
    assert (check(db, definition("select", choices=CHOICES), value)[1] == []) is good


@pytest.mark.parametrize(
    ("value", "good"),
    [(["rain", 1], True), ([], True), (["rain", "snow"], False), ("rain", False)],
)
def test_multiselect_accepts_a_list_of_its_choices(db: Session, value: Any, good: bool) -> None:
    field = definition("multiselect", multiple=True, choices=CHOICES)
    assert (check(db, field, value)[1] == []) is good


def test_multiple_accepts_a_list(db: Session) -> None:
    field = definition("integer", multiple=True)
    assert check(db, field, ["1", 2, None]) == ([1, 2, None], [])


@pytest.mark.parametrize(
    ("required", "value", "fault"),
    [
        (False, 1, "multiple=True but value is not list"),
        (False, ["one"], "Value \"['one']\" is not valid for integer"),
        (True, [], 'Value "[]" is not valid for integer'),
    ],
)
def test_errors_of_multiple_values_are_reported(
    db: Session, required: bool, value: Any, fault: str
) -> None:
    field = definition("integer", multiple=True, required=required)
    assert check(db, field, value) == (None, [fault])


def test_range_of_dates_is_a_pair_even_if_multiple(db: Session) -> None:
    pair = ["2020-01-01T00:00:00+00:00", "2020-01-02T00:00:00+00:00"]
    stored, faults = check(db, definition("daterange", multiple=True), pair)
    assert faults == []
    assert len(stored) == 2


def test_all_errors_are_reported(db: Session) -> None:
    good, bad = definition(), definition("integer")
    SiteSettingFactory(key="site.custom.customFields.Encounter", value={"definitions": [good, bad]})
    values, faults = site_settings.custom_fields(services(), db, "Encounter").check(
        {good["id"]: "fine", bad["id"]: "five", "another": None}
    )
    assert values == {good["id"]: "fine"}
    assert faults == {
        bad["id"]: ['Value "five" is not valid for integer'],
        "another": ["invalid customField definition id another"],
    }


def test_definitions_are_those_of_the_class(db: Session) -> None:
    field = definition()
    SiteSettingFactory(key="site.custom.customFields.Individual", value={"definitions": [field]})
    assert site_settings.custom_fields(services(), db, "Sighting").check({field["id"]: "x"})[1]
    assert not site_settings.custom_fields(services(), db, "Individual").check({field["id"]: "x"})[
        1
    ]


def test_settings_are_read_once_per_transaction(db: Session, statements: list[str]) -> None:
    SiteSettingFactory(key="site.custom.regions", value={"locationID": [RIVER]})
    statements.clear()
    checker = site_settings.custom_fields(services(), db, "Sighting")
    for _ in range(10):
        checker.check({"x": 1})
        assert RIVER["id"] in site_settings.known_regions(services(), db)
        assert site_settings.known_species(services(), db) == {}
        assert site_settings.value(services(), db, "site.name") == "<your site name>"
    assert len(statements) == 1
