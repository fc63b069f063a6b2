"""The kinds of settings in production, which refuse what is safe on a developer's machine only."""

import re
import zlib
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import colander
from colander import Invalid
from limits import parse as parse_rate_limit

from houston.core.schema.nodes import Boolean, OneOf, String, Text
from houston.core.settings.kinds import (
    DEVELOPMENT_SECRET,
    RATE_LIMIT,
    address,
    origins,
    web_address,
)

THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
ORIGIN = (
    r"(?:https://[^\s/?#:@][^\s/?#]*|http://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?=/|\Z))"
)
PLACEHOLDER = re.compile("change.?(me|this|it)|secret|passw|qwerty|asdf|example|houston", re.I)
LEAST_STEPS = 7
"""The different distances between neighbouring characters: text that counts has one or two."""
LEAST_BYTES = 32
"""The size of a secret when it is compressed: text that repeats itself has less."""
MOST_SIGN_INS = 100
SECONDS_PER_SIGN_IN = 10


def _is_hard_to_guess(node: colander.SchemaNode, secret: str) -> None:
    steps = {ord(after) - ord(before) for before, after in pairwise(secret)}
    repeats = len(zlib.compress(secret.encode())) < LEAST_BYTES
    if repeats or len(steps) < LEAST_STEPS or PLACEHOLDER.search(secret):
        raise Invalid(node, "Easily guessed.")


def _sends_no_plain_password(node: colander.SchemaNode, text: str) -> None:
    try:
        parts = urlsplit(text)
        has_tls = parts.scheme.endswith("s") or parse_qs(parts.query).get("starttls") == ["1"]
        is_safe = has_tls or not parts.password or parts.hostname in THIS_MACHINE
    except ValueError:
        is_safe = False
    if not is_safe:
        raise Invalid(node, "The password would be sent in plain text.")


def _is_slow(node: colander.SchemaNode, text: str) -> None:
    limit = parse_rate_limit(text)
    if limit.amount > min(MOST_SIGN_INS, limit.get_expiry() / SECONDS_PER_SIGN_IN):
        raise Invalid(node, "Too many.")


def encrypted_address(*forms: str) -> Text:
    """The kind of `kinds.address`, whose passwords leave this machine by TLS only."""
    every = address(*forms)
    return Text(
        validators=[every.validator, _sends_no_plain_password],
        description=f"{every.description}, by TLS if there is a password",
    )


ON = Boolean(validator=OneOf([True]), description="true")
OFF = Boolean(validator=OneOf([False]), description="false")
SECRET = Text(
    32,
    validators=[colander.NoneOf([DEVELOPMENT_SECRET]), _is_hard_to_guess],
    description="at least 32 random characters, such as `openssl rand -hex 32` prints",
)
WEB_ADDRESS = web_address(ORIGIN, "an https address")
ORIGINS = origins(ORIGIN, "https origins")
ENCRYPTED_SMTP = Text(
    pattern=r"smtps://.+|smtp://.+[?&]starttls=1(&.*)?",
    description="smtps://host:port or smtp://host:port?starttls=1",
)
SIGN_IN_LIMIT = String(
    validators=[RATE_LIMIT.validator, _is_slow],
    description=f"a rate limit of at most {MOST_SIGN_INS}, and one in {SECONDS_PER_SIGN_IN} "
    "seconds, such as 10/5minutes",
)
