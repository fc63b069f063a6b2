"""Secrets: codes, tokens and client secrets, which are shown once.

Each has 256 random bits and is stored as its SHA-256 digest, so that a copy of the database has no
usable credentials. A fast digest is sufficient for random secrets; passwords are hashed slowly.
"""

from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import compare_digest, digest
from secrets import token_hex, token_urlsafe

DIGEST_LENGTH = 64


def make_secret() -> str:
    """A new secret: 43 characters that need no escaping in an address."""
    return token_urlsafe(32)


def derive_secret(key: str, purpose: str, secret: str) -> str:
    """A secret that only a holder of the key can compute from another one (HMAC, RFC 2104)."""
    text = f"{purpose}\0{secret}".encode("utf-8", "surrogateescape")
    return urlsafe_b64encode(digest(key.encode(), text, "sha256")).decode().rstrip("=")


def make_code() -> str:
    """A new secret for mail: 64 hexadecimal digits, which no mail program changes."""
    return token_hex(32).upper()


def digest_of(secret: str) -> str:
    """The digest under which a secret is stored."""
    return sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def matches(digest: str, secret: str) -> bool:
    """Return whether a digest is that of a secret, compared in constant time."""
    return compare_digest(digest, digest_of(secret))
