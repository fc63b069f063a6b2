"""Passwords: hashed by argon2id, and verified in the same time for unknown accounts.

The parameters are those of RFC 9106 for little memory; a hash with others is replaced at the next
sign-in. Tests use the cheapest parameters, as they sign in thousands of times.
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
    """The hashing and the policy of the passwords of one application.

    Args:
        min_length: The smallest length of a password, in characters.
        key: The key of pseudonyms.
        cheap: Whether to use the cheapest parameters.
    """

    def __init__(self, *, min_length: int, key: str = "", cheap: bool = False) -> None:
        self._key = key.encode()
        self._min_length = min_length
        self._hasher = PasswordHasher.from_parameters(CHEAPEST if cheap else RFC_9106_LOW_MEMORY)
        self._dummy_hash = _random_hash(self._hasher)

    def hash(self, password: str) -> str:
        """The hash to store."""
        return self._hasher.hash(password)

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether a password has the stored hash; without a hash, this takes as long."""
        try:
            self._hasher.verify(stored or self._dummy_hash, password)
        except (VerificationError, InvalidHashError):
            return False
        return bool(stored)

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash has other parameters than new ones."""
        return self._hasher.check_needs_rehash(stored)

    def pseudonym(self, name: str) -> str:
        """The pseudonym of a name that is deleted; the same for the same name."""
        return hmac.new(self._key, name.encode(), sha256).hexdigest()

    def check_policy(self, password: str, *names: str) -> None:
        """Check a new password.

        Args:
            password: The password.
            names: The names of the account.

        Raises:
            Unprocessable: The password is too short, or is one of the names.
        """
        if len(password) < self._min_length:
            text = f"Shorter than minimum length {self._min_length}."
            raise Unprocessable(messages={"password": [text]})
        if password.casefold() in {name.casefold() for name in names}:
            raise Unprocessable(messages={"password": ["Must not be the name of the account."]})


def _random_hash(hasher: PasswordHasher) -> str:
    """A random hash, which no password has and which takes as long to verify as others."""
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (
        b64encode(token_bytes(length)).decode().rstrip("=")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${digest}"


def includeme(config: Any) -> None:
    """Add the passwords to the parts of the application."""
    services = services_of(config)
    settings = services[Settings]
    services.add(
        Passwords(
            min_length=settings["houston.users.password_min_length"],
            key=settings["houston.session.secret"],
            cheap=settings["houston.environment"] == "testing",
        )
    )
