"""The headers of tus 1.0.0, read strictly (https://tus.io/protocols/resumable-upload)."""

import hashlib
import re
from base64 import b64decode
from collections.abc import Mapping
from hmac import compare_digest
from typing import NamedTuple
from uuid import UUID

from houston.core.errors import BadRequest
from houston.core.values import GUID_FORM, UNSTORABLE

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,checksum,expiration"
ALGORITHMS = ("sha1", "sha256", "sha512")
TRANSACTION = "X-Tus-Transaction-Id"
RESOURCE = "X-Tus-Resource-Id"

MAX_NAME = 255
MAX_METADATA = 8192
NUMBER = re.compile(r"[0-9]{1,15}\Z")
KEY = re.compile(r"[!-+\--~]{1,255}\Z")
BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}\Z")


class Checksum(NamedTuple):
    """What the bytes of one request must amount to."""

    algorithm: str
    digest: bytes

    def matcher(self) -> "Matcher":
        """What takes the bytes and tells whether they do."""
        return Matcher(self)


class Matcher:
    """The bytes that have come so far, against the checksum of all."""

    def __init__(self, checksum: Checksum) -> None:
        self._hash = hashlib.new(checksum.algorithm, usedforsecurity=False)
        self._digest = checksum.digest

    def update(self, block: bytes) -> None:
        """Take some more bytes."""
        self._hash.update(block)

    def satisfied(self) -> bool:
        """Whether these were the bytes."""
        return compare_digest(self._hash.digest(), self._digest)


def read_number(headers: Mapping[str, str], name: str) -> int:
    """A header that is a number of bytes; raises BadRequest."""
    text = headers.get(name, "")
    if not NUMBER.match(text):
        raise _wrong(name, "Must be a number of bytes.")
    return int(text)


def read_guid(headers: Mapping[str, str], name: str) -> UUID | None:
    """A header that is a guid, or None where it is not given; raises BadRequest."""
    text = headers.get(name)
    if text is None:
        return None
    if not GUID_FORM.match(text):
        raise _wrong(name, "Not a valid UUID.")
    return UUID(text)


def read_filename(headers: Mapping[str, str]) -> str:
    """The `filename` of `Upload-Metadata`; raises BadRequest for metadata without a good one."""
    name = _decoded(_read_metadata(headers), "filename")
    if not name or len(name) > MAX_NAME:
        raise _wrong("filename", f"Must have 1 to {MAX_NAME} characters.")
    if UNSTORABLE.search(name):
        raise _wrong("filename", "Contains characters that cannot be stored.")
    return name


def read_checksum(headers: Mapping[str, str]) -> Checksum | None:
    """What `Upload-Checksum` tells, or None where it is not given; raises BadRequest."""
    text = headers.get("Upload-Checksum")
    if text is None:
        return None
    algorithm, _, encoded = text.partition(" ")
    if algorithm not in ALGORITHMS:
        raise _wrong("Upload-Checksum", f"The algorithm must be {', '.join(ALGORITHMS)}.")
    try:
        return Checksum(algorithm, b64decode(encoded, validate=True))
    except ValueError:
        raise _wrong("Upload-Checksum", "The checksum must be in base64.") from None


def _read_metadata(headers: Mapping[str, str]) -> Mapping[str, str]:
    """The pairs of `Upload-Metadata`, the values in base64 still."""
    text = headers.get("Upload-Metadata", "")
    if len(text) > MAX_METADATA:
        raise _wrong("Upload-Metadata", f"Longer than {MAX_METADATA} characters.")
    pairs: dict[str, str] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        key, _, value = part.partition(" ")
        if not KEY.match(key) or key in pairs:
            raise _wrong("Upload-Metadata", "Must be pairs of a key, each another, and a value.")
        if not BASE64.match(value):
            raise _wrong(key, "Must be UTF-8 in base64.")
        pairs[key] = value
    return pairs


def _decoded(metadata: Mapping[str, str], key: str) -> str:
    try:
        return b64decode(metadata.get(key, ""), validate=True).decode("utf-8")
    except ValueError:
        raise _wrong(key, "Must be UTF-8 in base64.") from None


def _wrong(field: str, text: str) -> BadRequest:
    return BadRequest(f"{field}: {text}", messages={field: [text]})
