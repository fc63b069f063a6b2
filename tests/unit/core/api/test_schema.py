"""Input conforms to the schema, or every error is reported by field."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from colander import Invalid as Refused
from colander import drop
from hypothesis import given, settings
from hypothesis import strategies as st
from webob.multidict import MultiDict

from houston.core.api.contributions import Contributions
from houston.core.api.openapi.converters import input_converter
from houston.core.errors import Unprocessable
from houston.core.schema import InvalidInput, lenient, load
from houston.core.schema.nodes import (
    Boolean,
    Choice,
    Email,
    Field,
    Guid,
    Instant,
    Integer,
    Json,
    ListOf,
    MapOf,
    Number,
    OpenSchema,
    Password,
    Schema,
    String,
    Text,
    Url,
)
from houston.core.values import quoted

GUID = "12345678-9abc-def0-1234-56789abcdef0"
INFINITE = float("1e999")
NAN = float("nan")

NOT_A_STRING = "Not a valid string."
NOT_STORED = "Contains characters that cannot be stored."
NOT_AN_INTEGER = "Not a valid integer."
NOT_A_NUMBER = "Not a valid number."
NOT_A_BOOLEAN = "Not a valid boolean."
NOT_A_GUID = "Not a valid UUID."
NOT_AN_INSTANT = "Not a valid datetime with an offset."
NOT_A_LIST = "Not a valid list."
NOT_A_MAPPING = "Not a valid mapping."
MISSING = "Missing data for required field."
NULL = "Field may not be null."
UNKNOWN = "Unknown field."

Messages = dict[str, list[str]]


class Sex(Enum):
    FEMALE = "female"
    MALE = "male"


class AnimalSchema(Schema):
    name = String(1, 10)
    legs = Integer(0, 4, missing=0)


class HerdSchema(Schema):
    id = Integer(read_only=True)
    title = String(1, 10)
    note = Text(missing=drop, nullable=True)
    leader = AnimalSchema(missing=drop)
    animals = ListOf(AnimalSchema(), missing=())


def schema_of(**fields: Any) -> Schema:
    """Return a schema with these fields."""
    created: Schema = type("MadeSchema", (Schema,), fields)()
    return created


def accepted(type: Field, value: Any) -> Any:
    """Return the value of a required field of this type for a JSON value."""
    return load(schema_of(field=type), {"field": value})["field"]


def load_text(schema: Schema, form: MultiDict) -> dict[str, Any]:
    """Return the values of a form, which are all text."""
    return load(schema, lenient(schema, form.mixed()))


def parsed(type: Field, *texts: Any) -> Any:
    """Return the value of a field of this type for the texts of a form."""
    form = MultiDict([("field", text) for text in texts])
    return load_text(schema_of(field=type), form)["field"]


def faults(schema: Schema, value: Any, read: Callable[[Schema, Any], Any] = load) -> Messages:
    """Return the messages of a schema about a value."""
    with pytest.raises(InvalidInput) as caught:
        read(schema, value)
    return caught.value.messages


def fault(type: Field, value: Any) -> str:
    """Return the only message of a type about a value."""
    (text,) = faults(schema_of(field=type), {"field": value})["field"]
    return text


class TestTypes:
    @pytest.mark.parametrize(
        ("type", "value", "result"),
        [
            (String(), "", ""),
            (String(), " a ", " a "),
            (String(1, 3, strip=True), "  abc\n", "abc"),
            (String(2, 3), "ab", "ab"),
            (String(2, 3), "abc", "abc"),
            (String(max=2), "\N{WHALE}\N{WHALE}", "\N{WHALE}\N{WHALE}"),
            (String(pattern="a+|b"), "aa", "aa"),
            (Text(), "a" * 10_000, "a" * 10_000),
            (Password(), " secret ", " secret "),
            (Email(), " a@localhost\n", "a@localhost"),
            (Email(), "a.b+c@example.org", "a.b+c@example.org"),
            (Url(), "https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
            (Url(), "http://localhost:80", "http://localhost:80"),
            (Boolean(), True, True),
            (Boolean(), False, False),
            (Integer(), 0, 0),
            (Integer(), 5.0, 5),
            (Integer(), -(2**63), -(2**63)),
            (Integer(), 2**63 - 1, 2**63 - 1),
            (Integer(max=2**70), 2**70, 2**70),
            (Integer(1, 3), 1, 1),
            (Integer(1, 3), 3, 3),
            (Number(), 1, 1.0),
            (Number(), -0.5, -0.5),
            (Number(-90, 90), 90, 90.0),
            (Guid(), GUID, UUID(GUID)),
            (Guid(), GUID.upper(), UUID(GUID)),
            (Choice(["a", "b"]), "b", "b"),
            (Choice(iter(["a", "b"])), "b", "b"),
            (Choice(Sex), "male", Sex.MALE),
            (Json(), [1, {"a": None}], [1, {"a": None}]),
        ],
    )
    def test_value_is_accepted(self, type: Field, value: Any, result: Any) -> None:
        found = accepted(type, value)
        assert (found, found.__class__) == (result, result.__class__)

    @pytest.mark.parametrize(
        ("type", "wrong", "reason"),
        [
            (String(), [1, 1.5, True, [], {}, ["a"], b"a"], NOT_A_STRING),
            (String(), ["\0", "a\0b", "\ud800", "\udfff", "a\udc0bb"], NOT_STORED),
            (String(2, 3), ["", "a"], "Shorter than minimum length 2."),
            (String(2, 3), ["abcd", " ab "], "Longer than maximum length 3."),
            (String(1, strip=True), ["", "  \t\n"], "Shorter than minimum length 1."),
            (String(pattern="a+|b"), ["", "ab", "ba", "b\n"], NOT_A_STRING),
            (Text(), ["a" * 10_001], "Longer than maximum length 10000."),
            (Text(), ["\0"], NOT_STORED),
            (Password(5), ["abcd"], "Shorter than minimum length 5."),
            (Password(), ["a" * 1025], "Longer than maximum length 1024."),
            (Password(), ["\ud800"], NOT_STORED),
            (
                Email(),
                ["abc", "a@b@c", "@example.org", "a b@c", "a@b c", "ab@", "<a@b>", "a@b,c@d"],
                "Not a valid email address.",
            ),
            (Email(), ["a" * 65 + "@b"], "Not a valid email address."),
            (Email(), ["@", ""], "Not a valid email address."),
            (Email(), [1, ["a@b"]], NOT_A_STRING),
            (
                Url(),
                [
                    "example.org",
                    "ftp://example.org",
                    "javascript:alert(1)",
                    "https://",
                    "http://a b",
                ],
                "Not a valid URL.",
            ),
            (
                Url(),
                ["https://example.org/\n", "https://a/<script>", 'https://a/"'],
                "Not a valid URL.",
            ),
            (Url(), ["http://a/" + "b" * 2048], "Longer than maximum length 2048."),
            (Boolean(), [0, 1, 0.0, "true", "", [], {}], NOT_A_BOOLEAN),
            (
                Integer(),
                [True, False, "5", "", 5.7, NAN, INFINITE, -INFINITE, [5], {}],
                NOT_AN_INTEGER,
            ),
            (Integer(1, 3), [0, 4, -1.0, 1e300], "Must be between 1 and 3."),
            (Integer(1), [0, -(2**100)], "Must be at least 1."),
            (Number(), [True, "5", "", NAN, INFINITE, -INFINITE, 10**400, [5], {}], NOT_A_NUMBER),
            (Number(-90, 90), [90.1, -91, 1e300], "Must be between -90 and 90."),
            (Number(max=5), [5.5], "Must be at most 5."),
            (Number(min=5), [4.5], "Must be at least 5."),
            (Guid(), [1, "", GUID[:-1], GUID + "0", GUID.replace("-", ""), [GUID]], NOT_A_GUID),
            (Guid(), [f"{{{GUID}}}", f"urn:uuid:{GUID}", GUID[:-1] + "g"], NOT_A_GUID),
            (Instant(), ["2024-05-06", "2024-05-06T07:08:09", 1715000000, "", []], NOT_AN_INSTANT),
            (Instant(), ["2024-02-30T00:00:00Z", "2024-05-06T25:00:00Z", "now"], NOT_AN_INSTANT),
            (Instant(), ["20200101T000000Z", "2020-W01-1T00:00:00Z"], NOT_AN_INSTANT),
            (Guid(), ["urn:" + "0" * 32, "----" + "0" * 32], NOT_A_GUID),
            (
                Instant(),
                ["0001-01-01T00:00:00+14:00", f"2024-05-06T07:08:09.{0:030}Z"],
                NOT_AN_INSTANT,
            ),
            (Choice(["a", "b"]), ["c", "A", ""], "Must be one of: a, b."),
            (Choice(["a", "b"]), [1, True, ["a"], {}], NOT_A_STRING),
            (Choice(Sex), ["MALE", "Sex.MALE", "other"], "Must be one of: female, male."),
        ],
    )
    def test_value_is_refused(self, type: Field, wrong: list[Any], reason: str) -> None:
        assert [fault(type, value) for value in wrong] == [reason] * len(wrong)

    @pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 1e19, 10**90])
    def test_integer_fits_into_64_bits(self, number: float) -> None:
        assert list(faults(schema_of(field=Integer()), {"field": number})) == ["field"]

    @pytest.mark.parametrize(
        "type",
        [String(), Email(), Url(), Boolean(), Integer(), Number(), Guid(), Instant(), Json()],
    )
    def test_null_differs_from_absence(self, type: Field) -> None:
        assert fault(type, None) == NULL
        nullable = type.clone()
        nullable.nullable = True
        assert load(schema_of(field=nullable), {"field": None}) == {"field": None}

    @pytest.mark.parametrize(
        "text",
        [
            "2024-05-06T07:08:09Z",
            "2024-05-06T07:08:09+00:00",
            "2024-05-06T00:08:09-07:00",
            "2024-05-06T07:08:09.000000Z",
            "2024-05-06t09:08:09.0+02:00",
        ],
    )
    def test_instant_is_in_utc(self, text: str) -> None:
        instant = accepted(Instant(), text)
        assert instant == datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone.utc)
        assert instant.tzinfo is timezone.utc

    @settings(deadline=None)
    @given(
        st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)),
        st.integers(-14 * 60, 14 * 60),
    )
    def test_instant_survives_a_round_trip(self, moment: datetime, minutes: int) -> None:
        instant = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
        assert accepted(Instant(), instant.isoformat()) == instant

    @settings(deadline=None)
    @given(st.uuids())
    def test_guid_survives_a_round_trip(self, guid: UUID) -> None:
        assert accepted(Guid(), str(guid)) == guid

    @settings(deadline=None)
    @given(st.integers(-(2**63), 2**63 - 1))
    def test_integer_survives_a_round_trip(self, number: int) -> None:
        assert accepted(Integer(), number) == parsed(Integer(), str(number)) == number

    @settings(deadline=None)
    @given(st.one_of(st.text(), st.characters(categories=["Cs", "Cc"])))
    def test_text_is_unchanged_or_refused(self, text: str) -> None:
        storable = all(letter != "\0" and not "\ud800" <= letter <= "\udfff" for letter in text)
        if storable:
            assert accepted(Text(), text) == text
        else:
            assert fault(Text(), text) == NOT_STORED


class TestKeys:
    @pytest.mark.parametrize("value", [[], "a", 1, True, [{"title": "a"}]])
    def test_object_is_an_object(self, value: Any) -> None:
        assert faults(HerdSchema(), value) == {"_schema": [NOT_A_MAPPING]}

    def test_null_is_not_an_object(self) -> None:
        assert faults(HerdSchema(), None) == {"_schema": [NULL]}

    def test_absent_field_has_the_value_of_missing(self) -> None:
        assert load(HerdSchema(), {"title": "a"}) == {"title": "a", "animals": ()}

    def test_absent_field_is_required_by_default(self) -> None:
        assert faults(HerdSchema(), {}) == {"title": [MISSING]}

    def test_absent_object_is_required_by_default(self) -> None:
        assert faults(schema_of(leader=AnimalSchema()), {}) == {"leader": [MISSING]}

    def test_null_is_accepted_if_declared(self) -> None:
        loaded = load(HerdSchema(), {"title": "a", "note": None})
        assert loaded == {"title": "a", "note": None, "animals": ()}

    @pytest.mark.parametrize("field", ["title", "leader", "animals"])
    def test_null_is_refused_by_default(self, field: str) -> None:
        assert faults(HerdSchema(), {"title": "a", field: None}) == {field: [NULL]}

    @pytest.mark.parametrize(
        ("schema", "value"),
        [
            (schema_of(leader=AnimalSchema(nullable=True)), {"leader": None}),
            (schema_of(animals=ListOf(AnimalSchema(nullable=True))), {"animals": [None]}),
            (schema_of(names=ListOf(String(), nullable=True)), {"names": None}),
            (schema_of(words=MapOf(String(), nullable=True)), {"words": None}),
        ],
    )
    def test_objects_and_lists_may_be_null_too(self, schema: Schema, value: Any) -> None:
        assert load(schema, value) == value

    def test_unknown_keys_are_refused_by_name(self) -> None:
        found = faults(HerdSchema(), {"title": "a", "tail": 1, "Title": None})
        assert found == {"tail": [UNKNOWN], "Title": [UNKNOWN]}

    def test_unknown_key_is_shown_without_unstorable_characters(self) -> None:
        found = faults(HerdSchema(), {"title": "a", "b\0\ud800": 1, "c" * 500: 1})
        assert found == {"b\ufffd\ufffd": [UNKNOWN], "c" * 100 + "…": [UNKNOWN]}

    @pytest.mark.parametrize("value", [1, None, "wrong"])
    def test_read_only_field_is_refused_with_any_value(self, value: Any) -> None:
        found = faults(HerdSchema(), {"title": "a", "id": value})
        assert found == {"id": ["This field is read-only."]}

    def test_read_only_field_is_not_required(self) -> None:
        schema = schema_of(id=Integer(read_only=True))
        assert load(schema, {}) == {}

    def test_all_errors_are_reported(self) -> None:
        value = {
            "id": 1,
            "note": 5,
            "leader": {"name": "", "tail": True},
            "animals": [{"name": "a"}, {"legs": 5}, 7, None],
            "colour": "red",
        }
        assert faults(HerdSchema(), value) == {
            "id": ["This field is read-only."],
            "title": [MISSING],
            "note": [NOT_A_STRING],
            "leader.name": ["Shorter than minimum length 1."],
            "leader.tail": [UNKNOWN],
            "animals.1.name": [MISSING],
            "animals.1.legs": ["Must be between 0 and 4."],
            "animals.2": [NOT_A_MAPPING],
            "animals.3": [NULL],
            "colour": [UNKNOWN],
        }

    def test_refusal_is_an_error_of_the_input(self) -> None:
        with pytest.raises(Unprocessable) as caught:
            load(HerdSchema(), {})
        assert caught.value.body()["messages"] == {"title": [MISSING]}

    def test_input_is_not_changed(self) -> None:
        value = {"title": "a", "animals": [{"name": "b"}]}
        load(HerdSchema(), value)
        assert value == {"title": "a", "animals": [{"name": "b"}]}

    def test_validator_checks_fields_against_each_other(self) -> None:
        def ordered(node: Any, values: dict[str, int]) -> None:
            if values["low"] > values["high"]:
                raise Refused(node, "Upside down.")

        schema = type("Range", (Schema,), {"low": Integer(), "high": Integer()})
        assert load(schema(validator=ordered), {"low": 1, "high": 2}) == {"low": 1, "high": 2}
        assert faults(schema(validator=ordered), {"low": 2, "high": 1}) == {
            "_schema": ["Upside down."]
        }
        outer = schema_of(range=schema(validator=ordered))
        assert faults(outer, {"range": {"low": 2, "high": 1}}) == {"range": ["Upside down."]}

    def test_validator_of_a_field_receives_its_value(self) -> None:
        def even(node: Any, value: int) -> None:
            if value % 2:
                raise Refused(node, "Odd.")

        schema = schema_of(legs=Integer(validator=even))
        assert load(schema, {"legs": 4.0}) == {"legs": 4}
        assert faults(schema, {"legs": 3}) == {"legs": ["Odd."]}

    def test_model_is_named_after_the_class(self) -> None:
        assert (HerdSchema.model_name(), Schema.model_name()) == ("Herd", "")


class TestLists:
    @pytest.mark.parametrize("value", ["abc", {"0": "a"}, 1, ("a",), True])
    def test_list_is_a_list(self, value: Any) -> None:
        assert faults(schema_of(names=ListOf(String())), {"names": value}) == {
            "names": [NOT_A_LIST]
        }

    @pytest.mark.parametrize(("size", "good"), [(0, False), (1, True), (3, True), (4, False)])
    def test_size_is_bounded(self, size: int, good: bool) -> None:
        schema = schema_of(names=ListOf(String(), min_items=1, max_items=3))
        value = {"names": ["a"] * size}
        if good:
            assert load(schema, value) == value
        else:
            assert faults(schema, value) == {"names": ["Must have 1 to 3 items."]}

    def test_members_of_a_list_that_is_too_long_are_not_read(self) -> None:
        schema = schema_of(numbers=ListOf(Integer(), max_items=3))
        assert faults(schema, {"numbers": ["a"] * 4}) == {"numbers": ["Must have 0 to 3 items."]}

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            (ListOf(ListOf(Integer())), [["a"] * 900] * 900),
            (MapOf(ListOf(Integer())), {str(number): ["a"] * 900 for number in range(900)}),
            (ListOf(HerdSchema()), [{str(number): 1 for number in range(900)}] * 900),
        ],
    )
    def test_number_of_faults_is_bounded(self, field: Field, value: Any) -> None:
        found = faults(schema_of(field=field), {"field": value})
        assert 100 <= len(found) <= 110

    def test_errors_have_the_position_at_every_depth(self) -> None:
        schema = schema_of(rows=ListOf(ListOf(ListOf(Integer(0, 9)))))
        assert faults(schema, {"rows": [[[0]], [[1], [2, "3", 40]], [4]]}) == {
            "rows.1.1.1": [NOT_AN_INTEGER],
            "rows.1.1.2": ["Must be between 0 and 9."],
            "rows.2.0": [NOT_A_LIST],
        }

    def test_errors_have_the_fields_of_objects_in_lists(self) -> None:
        schema = schema_of(herds=ListOf(HerdSchema()))
        value = {"herds": [{"title": "a"}, {"title": "b", "animals": [{"name": 5}]}]}
        assert faults(schema, value) == {"herds.1.animals.0.name": [NOT_A_STRING]}

    @pytest.mark.parametrize(
        ("member", "value"),
        [(Guid(), [GUID, GUID.upper()]), (Integer(), [1, 2, 1.0]), (Choice(Sex), ["male"] * 2)],
    )
    def test_unique_members_differ_by_their_value(self, member: Field, value: list[Any]) -> None:
        schema = schema_of(field=ListOf(member, unique=True))
        assert faults(schema, {"field": value}) == {"field": ["Must not have the same item twice."]}
        assert len(load(schema, {"field": value[:1]})["field"]) == 1

    def test_members_may_repeat_by_default(self) -> None:
        assert load(schema_of(n=ListOf(Integer())), {"n": [1, 1]}) == {"n": [1, 1]}


class TestMaps:
    def test_names_are_any_and_values_of_one_type(self) -> None:
        schema = schema_of(words=MapOf(Integer()))
        assert load(schema, {"words": {"": 1, "a.b": 2.0}}) == {"words": {"": 1, "a.b": 2}}

    @pytest.mark.parametrize("value", [[], "a", 1, {"a": 1, "b": 2, "c": 3}])
    def test_map_is_an_object_of_bounded_size(self, value: Any) -> None:
        schema = schema_of(words=MapOf(Integer(), max_items=2))
        assert set(faults(schema, {"words": value})) == {"words"}

    def test_size_is_bounded_by_default(self) -> None:
        schema = schema_of(words=MapOf(Integer()))
        value = {"words": {str(number): number for number in range(1000)}}
        assert load(schema, value) == value
        value["words"]["more"] = 1
        assert faults(schema, value) == {"words": ["Must have at most 1000 members."]}

    def test_errors_have_the_name(self) -> None:
        schema = schema_of(herds=MapOf(AnimalSchema()), words=MapOf(ListOf(Integer())))
        value = {"herds": {"a": {"name": 5}, "b": None}, "words": {"c": [1, "2"]}}
        assert faults(schema, value) == {
            "herds.a.name": [NOT_A_STRING],
            "herds.b": [NULL],
            "words.c.1": [NOT_AN_INTEGER],
        }

    def test_value_of_an_invalid_name_is_not_read(self) -> None:
        schema = schema_of(words=MapOf(Integer(), names=String(2, 2)))
        text = "Shorter than minimum length 2."
        assert faults(schema, {"words": {"a": "x"}}) == {"words.a": [text]}

    @pytest.mark.parametrize("name", ["\0", "a\ud800"])
    def test_name_that_cannot_be_stored_is_refused(self, name: str) -> None:
        schema = schema_of(words=MapOf(Integer()))
        assert faults(schema, {"words": {name: 1}}) == {f"words.{quoted(name)}": [NOT_STORED]}


class TestOpenObjects:
    class NoteSchema(OpenSchema):
        text = String()
        count = Integer(missing=drop)

    def test_additional_members_are_accepted(self) -> None:
        value = {"text": "x", "more": [{"a": 1}]}
        assert load(self.NoteSchema(), value) == value

    def test_declared_members_are_validated(self) -> None:
        assert faults(self.NoteSchema(), {"count": "x", "more": 1}) == {
            "text": [MISSING],
            "count": [NOT_AN_INTEGER],
        }
        assert faults(self.NoteSchema(), []) == {"_schema": [NOT_A_MAPPING]}

    @pytest.mark.parametrize("value", ["\0", 2**63, {"\ud800": 1}])
    def test_additional_members_must_be_storable(self, value: Any) -> None:
        text = "Contains text or numbers that cannot be stored."
        assert faults(self.NoteSchema(), {"text": "x", "more": value}) == {"more": [text]}

    def test_document_is_open(self) -> None:
        described = input_converter(Contributions())(self.NoteSchema())
        assert described["additionalProperties"] == {}


class TestForms:
    @pytest.mark.parametrize(
        ("type", "text", "result"),
        [
            (String(), "5", "5"),
            (String(), "", ""),
            (Boolean(), "true", True),
            (Boolean(), "TRUE", True),
            (Boolean(), "1", True),
            (Boolean(), "false", False),
            (Boolean(), "False", False),
            (Boolean(), "0", False),
            (Integer(), "5", 5),
            (Integer(), "-5", -5),
            (Integer(), "+5", 5),
            (Integer(), "007", 7),
            (Number(), "5", 5.0),
            (Number(), "-1.5e3", -1500.0),
            (Number(), ".5", 0.5),
            (Number(), "5.", 5.0),
            (Guid(), GUID, UUID(GUID)),
            (Choice(Sex), "female", Sex.FEMALE),
        ],
    )
    def test_text_is_converted_to_a_value(self, type: Field, text: str, result: Any) -> None:
        found = parsed(type, text)
        assert (found, found.__class__) == (result, result.__class__)

    @pytest.mark.parametrize(
        ("type", "texts", "reason"),
        [
            (Boolean(), ["", "yes", "on", "2", " true"], NOT_A_BOOLEAN),
            (Integer(), ["", " 5", "5.0", "1e3", "0x1", "1_0", "\u0665", "9" * 31], NOT_AN_INTEGER),
            (Integer(0, 9), ["10", "-1", "9" * 30], "Must be between 0 and 9."),
            (Number(), ["", ".", "nan", "inf", "-Infinity", "1e999", "0x1", "1,5"], NOT_A_NUMBER),
            (String(), ["\0"], NOT_STORED),
            (Instant(), ["2024-05-06T07:08:09"], NOT_AN_INSTANT),
        ],
    )
    def test_invalid_text_is_refused(self, type: Field, texts: list[str], reason: str) -> None:
        schema = schema_of(field=type)
        found = [faults(schema, MultiDict(field=text), load_text) for text in texts]
        assert found == [{"field": [reason]}] * len(texts)

    def test_repeated_field_is_a_list_if_declared(self) -> None:
        schema = schema_of(numbers=ListOf(Integer()), flags=ListOf(Boolean(), missing=()))
        form = MultiDict([("numbers", "3"), ("numbers", "1"), ("numbers", "3")])
        assert load_text(schema, form) == {"numbers": [3, 1, 3], "flags": ()}
        form.add("flags", "true")
        assert load_text(schema, form)["flags"] == [True]

    def test_errors_in_lists_have_positions(self) -> None:
        schema = schema_of(numbers=ListOf(Integer()))
        form = MultiDict([("numbers", "3"), ("numbers", "x")])
        assert faults(schema, form, load_text) == {"numbers.1": [NOT_AN_INTEGER]}

    def test_keys_are_as_strict_as_those_of_json(self) -> None:
        form = MultiDict(id="1", tail="long")
        assert faults(HerdSchema(), form, load_text) == {
            "id": ["This field is read-only."],
            "title": [MISSING],
            "tail": [UNKNOWN],
        }

    def test_text_is_not_an_object(self) -> None:
        form = MultiDict(title="a", leader='{"name": "b"}', animals='{"name": "c"}')
        assert faults(HerdSchema(), form, load_text) == {
            "leader": [NOT_A_MAPPING],
            "animals.0": [NOT_A_MAPPING],
        }


ANY_VALUE = {"x-model": "AnyValue", "x-about": "Any JSON value, null included."}


class TestDocument:
    @pytest.mark.parametrize(
        ("type", "described"),
        [
            (String(), {"type": "string", "maxLength": 255}),
            (
                String(1, 9, pattern="a|b"),
                {"type": "string", "maxLength": 9, "minLength": 1, "pattern": "^(?:a|b)$"},
            ),
            (Text(), {"type": "string", "maxLength": 10_000}),
            (Password(), {"type": "string", "maxLength": 1024, "format": "password"}),
            (Email(), {"type": "string", "maxLength": 120, "format": "email"}),
            (
                Url(99),
                {
                    "type": "string",
                    "maxLength": 99,
                    "format": "uri",
                    "pattern": r'^https?://[^\s/?#"<>\\]+[^\s"<>\\]*$',
                },
            ),
            (Boolean(), {"type": "boolean"}),
            (Integer(), {"type": "integer"}),
            (Integer(0, 9), {"type": "integer", "minimum": 0, "maximum": 9}),
            (Number(), {"type": "number"}),
            (Number(0, 1.5), {"type": "number", "minimum": 0, "maximum": 1.5}),
            (Guid(), {"type": "string", "format": "uuid"}),
            (Instant(), {"type": "string", "format": "date-time"}),
            (Choice(Sex), {"type": "string", "enum": ["female", "male"]}),
            (Json(), ANY_VALUE),
            (ListOf(Json()), {"type": "array", "items": ANY_VALUE, "maxItems": 1000}),
            (
                ListOf(Json(), min_items=1, max_items=2, unique=True),
                {
                    "type": "array",
                    "items": ANY_VALUE,
                    "maxItems": 2,
                    "minItems": 1,
                    "uniqueItems": True,
                },
            ),
            (
                MapOf(Json()),
                {"type": "object", "additionalProperties": ANY_VALUE, "maxProperties": 1000},
            ),
        ],
    )
    def test_bounds_are_part_of_it(self, type: Field, described: dict[str, Any]) -> None:
        assert input_converter(Contributions())(type) == described
