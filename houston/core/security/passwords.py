"""Passwords: hashed by argon2id, verified in the same time whoever is asked for.

The parameters are those of RFC 9106 for little memory. A hash that was made with others is made
anew at the next sign-in. Testing uses the cheapest ones, since a suite signs in thousands of times.
"""

import hmac
from base64 import b64encode
from hashlib import sha256
from secrets import token_bytes
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION
from argon2.profiles import CHEAPEST, RFC_9106_LOW_MEMORY

from houston.core.errors import Unprocessable
from houston.core.services import services_of
from houston.core.settings import Settings


class Passwords:
    """Hashes, verifies and judges passwords; there is one for an application."""

    def __init__(self, *, min_length: int, key: str = "", cheap: bool = False) -> None:
        self._key = key.encode()
        self._min_length = min_length
        self._hasher = PasswordHasher.from_parameters(CHEAPEST if cheap else RFC_9106_LOW_MEMORY)
        self._hash_of_nobody = _random_hash(self._hasher)

    def hash(self, password: str) -> str:
        """The hash to store."""
        return self._hasher.hash(password)

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether `password` is the one that was stored; without any it takes as long to say no."""
        try:
            self._hasher.verify(stored or self._hash_of_nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return bool(stored)

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def pseudonym(self, name: str) -> str:
        """What stands for a name that must be forgotten, and found again by whoever has it."""
        return hmac.new(self._key, name.encode(), sha256).hexdigest()

    def check_policy(self, password: str, *names: str) -> None:
        """Raise Unprocessable for a password that is too short, or that the account's names are."""
        if len(password) < self._min_length:
            text = f"Shorter than minimum length {self._min_length}."
            raise Unprocessable(messages={"password": [text]})
        if password.casefold() in {name.casefold() for name in names}:
            raise Unprocessable(messages={"password": ["Must not be the name of the account."]})


def _random_hash(hasher: PasswordHasher) -> str:
    """A hash that no password has, and that takes as long to verify as any; made without effort."""
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (
        b64encode(token_bytes(length)).decode().rstrip("=")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${digest}"


def includeme(config: Any) -> None:
    """Give the application its passwords."""
    services = services_of(config)
    settings = services[Settings]
    services.add(
        Passwords(
            min_length=settings["houston.users.password_min_length"],
            key=settings["houston.session.secret"],
            cheap=settings["houston.environment"] == "testing",
        )
    )
