"""The kinds of settings: schema nodes whose `description` says what is expected.

Errors and the generated page quote the description, and never the value.
"""

import re
from collections.abc import Callable
from operator import methodcaller
from typing import Any

import colander
from colander import Invalid
from limits import RateLimitItem
from limits import parse as parse_rate_limit
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from houston.core.schema import lenient, types
from houston.core.schema.nodes import (
    Boolean,
    Choice,
    Field,
    Integer,
    ListOf,
    MapOf,
    String,
    Text,
    Validator,
)

DEVELOPMENT_SECRET = "development-secret-that-production-refuses"  # noqa: S105  # refused there
YEAR = 31_536_000
"""A year in seconds."""
MOST_REQUESTS = 1_000_000
ORIGIN = r"https?://[^\s/?#:@][^\s/?#]*"


def value_of(node: Field, text: str) -> Any:
    """The value of a text: a list is written as words, a map as lines of a name and a value.

    Raises:
        colander.Invalid: The text is not as the description of the node says.
    """
    text = text.strip()
    if isinstance(node.typ, types.Sequence):
        return node.deserialize(text.split())
    if isinstance(node.typ, types.Map):
        lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
        return node.deserialize({name: " ".join(rest) for name, *rest in lines})
    return node.deserialize(lenient(node, text))


def one_of(*choices: str) -> Choice:
    """The kind of exactly one of some words."""
    return Choice(choices, description=_alternatives(choices))


def words(member: Field, expected: str, min_items: int = 0) -> ListOf:
    """The kind of words with blanks between them."""
    return ListOf(member, min_items=min_items, preparer=tuple, description=expected)


def between(lowest: int, highest: int) -> Integer:
    """The kind of a whole number between inclusive bounds."""
    return Integer(lowest, highest, description=f"a whole number from {lowest} to {highest}")


def address(*forms: str) -> Text:
    """The kind of an address with the scheme of one of the forms; its user checks the rest."""
    schemes = "|".join(re.escape(form.partition(":")[0]) for form in forms)
    return Text(pattern=f"(?:{schemes}):.*", description=_alternatives(forms))


def _alternatives(texts: tuple[str, ...]) -> str:
    return f"{', '.join(texts[:-1])} or {texts[-1]}"


def _parsed_by(parse: Callable[[str], Any]) -> Validator:
    def validate(node: colander.SchemaNode, text: str) -> None:
        try:
            parse(text)
        except (ValueError, ArgumentError):
            raise Invalid(node, "Not a valid string.") from None

    return validate


WITHOUT_SLASH = methodcaller("rstrip", "/")


def web_address(origin: str, noun: str) -> Text:
    """The kind of an address on the web, whose origin has a pattern; a final slash is removed."""
    return Text(
        pattern=rf"{origin}(/[^\s?#]*)?",
        preparer=WITHOUT_SLASH,
        description=f"{noun} such as https://houston.example.org",
    )


def origins(origin: str, noun: str) -> ListOf:
    """The kind of several origins that have a pattern."""
    return words(
        String(pattern=origin, preparer=WITHOUT_SLASH),
        f"{noun} such as https://codex.example.org, with blanks between them",
    )


def _parse_rate_limit(text: str) -> RateLimitItem:
    limit = parse_rate_limit(text)
    if not (0 < limit.amount <= MOST_REQUESTS and limit.get_expiry() <= YEAR):
        raise ValueError("absurd")
    return limit


TEXT = Text(description="text")
GIVEN_TEXT = Text(1, description="text that is not empty")
WORDS = words(String(), "words with blanks between them")
POSITIVE = Integer(1, description="a whole number above 0")
WHOLE = Integer(0, description="a whole number from 0 on")
BOOLEAN = Boolean(description="true or false")
DATABASE = Text(
    pattern=r"(sqlite|postgresql)(\+\w+)?://.*/[^?].*",
    validators=[_parsed_by(make_url)],
    description="sqlite:///path or postgresql+psycopg://user:password@host/name",
)
WEB_ADDRESS = web_address(ORIGIN, "an address")
ORIGINS = origins(ORIGIN, "origins")
HOSTS = words(
    String(pattern="[^/]+", preparer=str.lower), "host names with blanks between them, or *", 1
)
NAMED_HOSTS = words(
    String(pattern="[^/*]+", preparer=str.lower), "host names with blanks between them", 1
)
LOCATION = Text(
    pattern="|/(?:[ -~]*/)?", description="a path with a slash at both ends, or nothing"
)
UPLOAD_TYPES = words(
    # An open site would run the programs of strangers: browsers execute these types.
    String(
        pattern=r"(?!.*(?:html|svg|[/+]xml|/xsl|script|shockwave))[a-z0-9.-]+/[a-z0-9.+-]+",
        preparer=str.lower,
    ),
    "media types with blanks between them, none of which browsers execute, as they do text/html",
)
RATE_LIMIT = String(
    validators=[_parsed_by(_parse_rate_limit)], description="a rate limit such as 10/5minutes"
)
RATE_LIMIT_OR_NONE = String(
    validators=[_parsed_by(lambda text: _parse_rate_limit(text) if text else None)],
    description="a rate limit such as 1000/minute, or nothing",
)
RATE_LIMITS = MapOf(
    RATE_LIMIT, description="lines of an operation and its rate limit: create_user 10/hour"
)
