"""Texts of one line, and addresses that pages show."""

import pytest
from colander import Invalid

from houston.core.schema import InvalidInput, load
from houston.core.schema.lines import Line, Link
from houston.core.schema.nodes import OpenSchema

LINE, LINK = Line(), Link()


@pytest.mark.parametrize(
    "text", ["", "Tårnby Ñu", "🦓\N{ZERO WIDTH JOINER}🦓", "زرافة", "a\u00a0b"]
)
def test_lines(text: str) -> None:
    assert LINE.deserialize(text) == text


@pytest.mark.parametrize("character", "\0\t\n\r\x1b\x7f\x85\u2028\u2029\u202a\u202e\u2066\u2069")
def test_characters_that_are_hidden(character: str) -> None:
    for node in (LINE, LINK):
        with pytest.raises(Invalid):
            node.deserialize(f"a{character}b")


@pytest.mark.parametrize(
    "text",
    ["https://example.org/a b", "HTTP://x", "mailto:a@b.org", "/about", "//x", "Take action"],
)
def test_links(text: str) -> None:
    assert LINK.deserialize(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
    ],
)
def test_scripts_are_no_links(text: str) -> None:
    with pytest.raises(Invalid):
        LINK.deserialize(text)


def test_further_members_that_cannot_be_stored_are_named() -> None:
    with pytest.raises(InvalidInput) as refused:
        load(OpenSchema(), {"sound": "a", "column 7": "a\0", "other": [{"a": "\ud800"}]})
    assert sorted(refused.value.messages) == ["column 7", "other"]
