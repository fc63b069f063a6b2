"""Passwords: hashed by argon2id, and verified in the same time for unknown accounts.

The rules are those of NIST SP 800-63B: a minimum length, and no common password, but no kinds of
characters. Equal texts are equal passwords, whichever way a keyboard composes their letters (NFC).

The parameters are those of RFC 9106 for little memory; a hash with other parameters is replaced at
the next sign-in. Testing uses the cheapest parameters, as the tests sign in thousands of times.
"""

import hmac
from base64 import b64encode
from hashlib import sha256
from itertools import pairwise
from secrets import token_bytes
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION
from argon2.profiles import CHEAPEST, RFC_9106_LOW_MEMORY

from houston.core.errors import Unprocessable
from houston.core.services import services_of
from houston.core.settings import Settings
from houston.core.values import composed


class Passwords:
    """Hashes and verifies the passwords of an application, and checks its policy."""

    def __init__(self, *, min_length: int, key: str = "", cheap: bool = False) -> None:
        self._key = key.encode()
        self._min_length = min_length
        self._hasher = PasswordHasher.from_parameters(CHEAPEST if cheap else RFC_9106_LOW_MEMORY)
        self._random_hash = _hash_of_random_bytes(self._hasher)

    def hash(self, password: str) -> str:
        """The hash to store."""
        return self._hasher.hash(composed(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Return whether a password has the stored hash; without one, it takes the same time."""
        try:
            self._hasher.verify(stored or self._random_hash, composed(password))
        except (VerificationError, InvalidHashError):
            return False
        return bool(stored)

    def is_outdated(self, stored: str) -> bool:
        """Return whether a hash has other parameters than the current ones."""
        return self._hasher.check_needs_rehash(stored)

    def pseudonym(self, name: str) -> str:
        """The pseudonym of a name, which is found only by those who know the name."""
        return hmac.new(self._key, name.encode(), sha256).hexdigest()

    def check_policy(self, password: str, *names: str) -> None:
        """Refuse a new password that is short, common, or one of the names of the account."""
        password = composed(password)
        if len(password) < self._min_length:
            raise Unprocessable.about(
                "password", f"Shorter than minimum length {self._min_length}."
            )
        folded = password.casefold()
        own = {name.casefold() for name in names}
        if folded in own | {name.partition("@")[0] for name in own}:
            raise Unprocessable.about("password", "Must not be the name of the account.")
        if _is_run(folded) or _is_common(folded):
            raise Unprocessable.about(
                "password", "Too many people use this password: choose another one."
            )


def _is_common(password: str) -> bool:
    """Return whether a password is in a list of common passwords, words and names."""
    # Imported at the first new password: it takes 14 megabytes. Its estimate of the strength is not
    # used, since it takes seconds for some passwords.
    from zxcvbn.matching import RANKED_DICTIONARIES

    return any(password in ranks for ranks in RANKED_DICTIONARIES.values())


def _is_run(password: str) -> bool:
    """Return whether a password is one character repeated, or neighbours in the alphabet.

    >>> _is_run("aaaaaaaa"), _is_run("98765432"), _is_run("abcabcabc")
    (True, True, False)
    """
    steps = {ord(after) - ord(before) for before, after in pairwise(password)}
    return len(steps) == 1 and steps <= {-1, 0, 1}


def _hash_of_random_bytes(hasher: PasswordHasher) -> str:
    """A hash of no password, which takes the time of any other to verify; made without hashing."""
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (
        b64encode(token_bytes(length)).decode().rstrip("=")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${digest}"


def includeme(config: Any) -> None:
    """Add `Passwords` to the services."""
    services = services_of(config)
    settings = services[Settings]
    services.add(
        Passwords(
            min_length=settings["houston.users.password_min_length"],
            key=settings["houston.session.secret"],
            cheap=settings["houston.environment"] == "testing",
        )
    )
