"""The headers and errors of tus 1.0.0 (https://tus.io/protocols/resumable-upload)."""

import hashlib
import re
from base64 import b64decode
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any

from colander import Invalid, SchemaNode, SchemaType, null

from houston.core.errors import ApiError, BadRequest, PreconditionFailed, Unprocessable
from houston.core.schema import lenient, messages_of
from houston.core.schema.nodes import Field, Guid, Integer, Schema, String
from houston.core.values import quoted

VERSION = "1.0.0"
UPLOAD_TYPE = "application/offset+octet-stream"
ALGORITHMS = ("sha1", "sha256", "sha512")
TRANSACTION = "X-Tus-Transaction-Id"
RESPONSE_HEADERS = (
    "Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, Tus-Checksum-Algorithm, "
    "Upload-Offset, Upload-Length, Upload-Metadata, Upload-Expires"
)
"""The headers that web pages of other origins may read."""

LARGEST = 10**15 - 1
MAX_METADATA = 8192
KEY = re.compile(r"[!-+\--~]{1,255}\Z")


class WrongVersion(PreconditionFailed):
    """The client requests another version of tus; `Tus-Version` names that of the server."""

    message = f"This server supports tus {VERSION}: send that in the header Tus-Resumable."

    def __init__(self) -> None:
        super().__init__(headers={"Tus-Version": VERSION})


class Locked(ApiError):
    """Another request is writing to the same upload."""

    status = 423
    message = "Another request is writing to this upload: request its offset and continue there."


class ChecksumMismatch(ApiError):
    """The bytes do not match `Upload-Checksum`; none of them is stored."""

    status = 460
    message = "The bytes do not match the checksum."


class RefusedFile(Unprocessable):
    """The file is complete, and its type or content is not accepted; its upload is deleted."""

    def __init__(self, filename: str, reason: str) -> None:
        text = f"{filename}: {reason}"
        super().__init__(text, messages={"filename": [text]})


class Checksum:
    """The checksum of the body of one request, which is computed while the body is read."""

    def __init__(self, algorithm: str, digest: bytes) -> None:
        self._hash = hashlib.new(algorithm, usedforsecurity=False)
        self._digest = digest

    def update(self, block: bytes) -> None:
        """Add the next bytes of the body."""
        self._hash.update(block)

    def matches(self) -> bool:
        """Return whether the bytes so far have this checksum."""
        return compare_digest(self._hash.digest(), self._digest)


class ChecksumType(SchemaType):
    """The name of an algorithm, a blank, and the digest in base64."""

    def deserialize(self, node: SchemaNode, cstruct: Any) -> Any:
        """Return the checksum."""
        if cstruct is null:
            return null
        algorithm, _, digest = cstruct.partition(" ")
        if algorithm not in ALGORITHMS:
            raise Invalid(node, f"The algorithm must be {', '.join(ALGORITHMS)}.")
        try:
            return Checksum(algorithm, b64decode(digest, validate=True))
        except ValueError:
            raise Invalid(node, "The checksum must be in base64.") from None


class FilenameType(SchemaType):
    """`Upload-Metadata`: pairs of a key and a value in base64, of which `filename` is used."""

    name = String(1, name="filename")

    def deserialize(self, node: SchemaNode, cstruct: Any) -> Any:
        """Return the filename."""
        text = "" if cstruct is null else cstruct
        if len(text) > MAX_METADATA:
            raise Invalid(node, f"Longer than {MAX_METADATA} characters.")
        pairs: dict[str, bytes] = {}
        for part in filter(None, map(str.strip, text.split(","))):
            key, _, value = part.partition(" ")
            if not KEY.match(key) or key in pairs:
                raise Invalid(node, "Must be pairs of a key, which is not repeated, and a value.")
            try:
                pairs[key] = b64decode(value, validate=True)
            except ValueError:
                raise _not_base64(key) from None
        try:
            return self.name.deserialize(pairs.get("filename", b"").decode())
        except UnicodeDecodeError:
            raise _not_base64("filename") from None


def _not_base64(key: str) -> Invalid:
    return Invalid(SchemaNode(SchemaType(), name=quoted(key)), "Must be UTF-8 in base64.")


class Headers(Schema):
    """The headers of every request for an upload."""

    transaction = Guid(
        name=TRANSACTION, missing=None, description="The guid of the transaction of the upload."
    )


class BodyHeaders(Headers):
    """The headers of a request with bytes."""

    checksum = Field(
        ChecksumType(),
        name="Upload-Checksum",
        missing=None,
        description=f"{', '.join(ALGORITHMS)}, a blank, the digest in base64.",
    )


class CreationHeaders(BodyHeaders):
    """The headers of a request that creates an upload."""

    length = Integer(
        0, LARGEST, name="Upload-Length", description="The size of the file, in bytes."
    )
    filename = Field(
        FilenameType(),
        name="Upload-Metadata",
        description="Pairs of a key and a value in base64; `filename` is required.",
    )
    guid = Guid(
        name="X-Tus-Resource-Id",
        missing=None,
        description="The guid of the upload, if the client chooses it.",
    )


class WritingHeaders(BodyHeaders):
    """The headers of a request that continues an upload."""

    offset = Integer(0, LARGEST, name="Upload-Offset", description="The number of stored bytes.")


def described(schema: Schema) -> dict[str, str]:
    """Return the headers of a schema with their descriptions, for the API document."""
    version = {"Tus-Resumable": f"The version of the protocol: {VERSION}."}
    return version | {field.name: field.description for field in schema.children}


def read_headers(schema: Schema, headers: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of the headers of a schema, by header.

    Raises:
        BadRequest: A header is missing or not valid; it is named, and so is a key of the metadata.
    """
    names = [field.name for field in schema.children]
    given = {name: headers[name] for name in names if name in headers}
    try:
        values: dict[str, Any] = schema.deserialize(lenient(schema, given))
    except Invalid as invalid:
        messages = messages_of(invalid)
        text = " ".join(f"{name}: {' '.join(texts)}" for name, texts in messages.items())
        raise BadRequest(text, messages=messages) from None
    return values
