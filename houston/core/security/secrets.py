"""Secrets that are handed out once and recognised ever after: codes, tokens, client secrets.

Each has 256 random bits and is stored as its SHA-256 digest, so that a copy of the database opens
nothing. A plain digest is right for what is random; passwords are hashed slowly.
"""

from hashlib import sha256
from hmac import compare_digest
from secrets import token_hex, token_urlsafe

DIGEST_LENGTH = 64


def make_secret() -> str:
    """A new secret: 43 characters that need no escaping in an address."""
    return token_urlsafe(32)


def make_code() -> str:
    """A new secret to be mailed: 64 hexadecimal digits, which survive any mail program."""
    return token_hex(32).upper()


def digest_of(secret: str) -> str:
    """What is stored of a secret."""
    return sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def matches(digest: str, secret: str) -> bool:
    """Whether a secret is the one of a digest; takes as long whatever the answer is."""
    return compare_digest(digest, digest_of(secret))
