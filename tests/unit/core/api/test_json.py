"""JSON is read according to the standard, or refused with the reason."""

from contextlib import suppress
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from houston.core.json import MAX_DEPTH, MAX_DIGITS, JsonError, dumps, loads

NAMES = st.text(max_size=10)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=10)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=15,
)


class Colour(Enum):
    RED = "red"


def nested(times: int, opening: str = "[", closing: str = "]") -> bytes:
    """Return nested brackets."""
    return (opening * times + closing * times).encode()


@settings(deadline=None)
@given(VALUES)
def test_any_value_survives_a_round_trip(value: Any) -> None:
    assert repr(loads(dumps(value))) == repr(value)


@settings(deadline=None)
@given(st.dictionaries(NAMES, SCALARS, min_size=2))
def test_names_keep_their_order(members: dict[str, Any]) -> None:
    assert list(loads(dumps(members))) == list(members)


@settings(deadline=None)
@given(st.binary(max_size=20))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(JsonError):
        assert loads(dumps(loads(data))) == loads(data)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone.utc), b'"2024-05-06T07:08:09+00:00"'),
        (
            datetime(2024, 5, 6, tzinfo=timezone(timedelta(hours=-7))),
            b'"2024-05-06T00:00:00-07:00"',
        ),
        (UUID(int=1), b'"00000000-0000-0000-0000-000000000001"'),
        (Colour.RED, b'"red"'),
        ("wal\u00e9", '"walé"'.encode()),
    ],
)
def test_python_values_are_written_as_text(value: Any, text: bytes) -> None:
    assert dumps(value) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b" \t\r\n[1 , 2]\n", [1, 2]),
        (b'"\\ud83d\\udc0b"', "\N{WHALE}"),
        ('{"\N{WHALE}": 1}'.encode(), {"\N{WHALE}": 1}),
        (b'"\\u0000"', "\0"),
        (b"1e-999", 0.0),
        (b"-0.5E+1", -5.0),
        (b"[]", []),
        (b"null", None),
    ],
)
def test_json_is_read(text: bytes, value: Any) -> None:
    assert loads(text) == value


def test_integral_float_remains_a_float() -> None:
    assert isinstance(loads(b"5.0"), float)
    assert isinstance(loads(b"5"), int)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b" ",
        b"{",
        b"[1,]",
        b'{"a": 1,}',
        b"{'a': 1}",
        b"{a: 1}",
        b"{1: 1}",
        b"1 2",
        b"[] x",
        b"01",
        b"+1",
        b".5",
        b"5.",
        b"0x10",
        b"tru",
        b"True",
        b'"\n"',
        b'"\x00"',
        b'"\\x41"',
        b'"\\u12"',
        b"// no\n1",
        b"\xef\xbb\xbf1",
        "\N{NO-BREAK SPACE}1".encode(),
    ],
)
def test_invalid_json_is_refused_with_its_position(text: bytes) -> None:
    with pytest.raises(JsonError, match=r"at line \d+, column \d+$"):
        loads(text)


def test_position_is_that_of_the_error() -> None:
    with pytest.raises(JsonError, match=r"at line 2, column 8$"):
        loads(b'{\n  "a": x}')


@pytest.mark.parametrize(
    "data", [b"\xff", b'"\xe9"', b'"\xed\xa0\x80"', '"a"'.encode("utf-16"), b'"\xc0\x80"']
)
def test_other_encodings_than_utf8_are_refused(data: bytes) -> None:
    with pytest.raises(JsonError, match="not UTF-8"):
        loads(data)


@pytest.mark.parametrize("text", [b"NaN", b"Infinity", b"-Infinity", b'{"a": [NaN]}'])
def test_constants_of_javascript_are_refused(text: bytes) -> None:
    with pytest.raises(JsonError, match="is not a JSON value"):
        loads(text)


@pytest.mark.parametrize("text", [b"1e999", b"-1e999", b"[1e309]", b"1" * 400 + b".0"])
def test_number_beyond_a_double_is_refused(text: bytes) -> None:
    with pytest.raises(JsonError, match=r"^the number \S{5,20} is too large$"):
        loads(text)


def test_number_of_digits_is_bounded() -> None:
    assert loads(b"9" * MAX_DIGITS) == 10**MAX_DIGITS - 1
    with pytest.raises(JsonError, match="too many digits"):
        loads(b"9" * (MAX_DIGITS + 1))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (b'{"a": 1, "a": 1}', "'a'"),
        (b'[{"b": {"a": 1, "c": 2, "a": 3}}]', "'a'"),
        (b'{"a": 1, "\\u0061": 2}', "'a'"),
        (b'{"": 1, "": 2}', "''"),
        ('{"é": 1, "é": 2}'.encode(), r"'\\xe9'"),
    ],
)
def test_repeated_name_is_refused_by_name(text: bytes, name: str) -> None:
    with pytest.raises(JsonError, match=f"the name {name} is repeated"):
        loads(text)


def test_same_name_in_two_objects_is_accepted() -> None:
    assert loads(b'[{"a": 1}, {"a": 2, "b": {"a": 3}}]') == [{"a": 1}, {"a": 2, "b": {"a": 3}}]


def test_long_repeated_name_is_cut() -> None:
    name = "n" * 1000
    with pytest.raises(JsonError) as caught:
        loads(f'{{"{name}": 1, "{name}": 2}}'.encode())
    assert len(str(caught.value)) < 150


@pytest.mark.parametrize("name", [b"\\ud800", b"a\\udfffb", b"\\udc0b\\ud83d"])
def test_surrogate_in_a_name_is_refused(name: bytes) -> None:
    with pytest.raises(JsonError, match="half a character"):
        loads(b'{"' + name + b'": 1}')


def test_surrogate_in_a_value_is_validated_by_the_schema() -> None:
    assert loads(b'"\\ud800"') == "\ud800"


@pytest.mark.parametrize(
    ("opening", "closing", "levels"), [("[", "]", 1), ('{"a":[', "]}", 2), ("[[[[", "]]]]", 4)]
)
def test_depth_is_bounded(opening: str, closing: str, levels: int) -> None:
    most = MAX_DEPTH // levels
    assert loads(nested(most, opening, closing))
    with pytest.raises(JsonError, match="nested too deeply"):
        loads(nested(most + 1, opening, closing))


def test_caller_sets_the_depth() -> None:
    assert loads(b"1", max_depth=0) == 1
    assert loads(b'{"a": 1}', max_depth=1) == {"a": 1}
    with pytest.raises(JsonError, match="nested too deeply"):
        loads(b'{"a": []}', max_depth=1)


def test_depth_beyond_the_stack_is_refused() -> None:
    with pytest.raises(JsonError, match="nested too deeply"):
        loads(nested(200_000))
