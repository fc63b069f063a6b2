"""What a setting's text may be, and what it then means.

A kind says in words what it expects; the same words are in the error and in the documentation.
"""

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from limits import parse as parse_allowance
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

DEVELOPMENT_SECRET = "development-secret-that-production-refuses"  # noqa: S105
SHORTEST_SECRET = 32


class Kind(NamedTuple):
    """`parse` takes the text, without blanks around it, or raises ValueError."""

    expected: str
    parse: Callable[[str], Any]


def _non_empty(text: str) -> str:
    if not text:
        raise ValueError
    return text


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise ValueError
    return int(text)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError
    return int(text)


def _secret(text: str) -> str:
    if len(text) < SHORTEST_SECRET or text == DEVELOPMENT_SECRET:
        raise ValueError
    return text


def _database(text: str) -> str:
    try:
        url = make_url(text)
    except ArgumentError:
        raise ValueError from None
    if url.get_backend_name() not in ("sqlite", "postgresql") or not url.database:
        raise ValueError
    return text


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError
    return text.rstrip("/")


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(map(_web_address, text.split()))
    if any(urlsplit(origin).path for origin in origins):
        raise ValueError
    return origins


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(text.lower().split())
    if not hosts or any("/" in host for host in hosts):
        raise ValueError
    return hosts


def _named_hosts(text: str) -> tuple[str, ...]:
    if "*" in text:
        raise ValueError
    return _hosts(text)


def _location(text: str) -> str:
    if text and not (text.startswith("/") and text.endswith("/") and text.isascii()):
        raise ValueError
    return text


def _allowance(text: str) -> str:
    parse_allowance(text)
    return text


def _allowances(text: str) -> dict[str, str]:
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    return {operation: _allowance(allowance) for operation, allowance in lines}


def one_of(*choices: str) -> Kind:
    """Exactly one of the words."""

    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError
        return text

    return Kind(f"{', '.join(choices[:-1])} or {choices[-1]}", parse)


def truth(*choices: bool) -> Kind:
    """`true`, `false`, or either."""
    words = {str(choice).lower(): choice for choice in choices}

    def parse(text: str) -> bool:
        if text.lower() not in words:
            raise ValueError
        return words[text.lower()]

    return Kind(" or ".join(words), parse)


def address(*forms: str) -> Kind:
    """An address of which the form, `scheme:…`, is one of these; its owner takes it apart."""
    schemes = {form.partition(":")[0] for form in forms}

    def parse(text: str) -> str:
        scheme, colon, _ = text.partition(":")
        if not colon or scheme not in schemes:
            raise ValueError
        return text

    return Kind(f"{', '.join(forms[:-1])} or {forms[-1]}", parse)


TEXT = Kind("text", str)
GIVEN_TEXT = Kind("text that is not empty", _non_empty)
WORDS = Kind("words with blanks between them", lambda text: tuple(text.split()))
POSITIVE = Kind("a whole number above 0", _positive)
WHOLE = Kind("a whole number from 0 on", _whole)
BOOLEAN = truth(True, False)
OFF = truth(False)
OWN_SECRET = Kind(f"at least {SHORTEST_SECRET} characters that nobody else knows", _secret)
DATABASE = Kind("sqlite:///path or postgresql+psycopg://user:password@host/name", _database)
WEB_ADDRESS = Kind("an address such as https://houston.example.org", _web_address)
ORIGINS = Kind("origins such as https://codex.example.org, with blanks between them", _origins)
HOSTS = Kind("host names with blanks between them, or *", _hosts)
NAMED_HOSTS = Kind("host names with blanks between them", _named_hosts)
LOCATION = Kind("a path with a slash at both ends, or nothing", _location)
ALLOWANCE = Kind("an allowance such as 10/5minutes", _allowance)
ALLOWANCES = Kind("lines of an operation and its allowance: create_user 10/hour", _allowances)
