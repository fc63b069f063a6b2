"""The headers and errors of tus 1.0.0 (https://tus.io/protocols/resumable-upload)."""

import hashlib
import re
from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from colander import Invalid, SchemaNode, SchemaType, null

from houston.core.errors import ApiError, BadRequest, PreconditionFailed, Unprocessable
from houston.core.schema import InvalidInput, lenient, load
from houston.core.schema.lines import Line
from houston.core.schema.nodes import Field, Guid, Integer, Schema
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

OVERRIDE = "X-HTTP-Method-Override"
"""The method of a POST by a client whose network lets no other method pass."""
OVERRIDING = frozenset({"DELETE", "HEAD", "PATCH"})

LARGEST = 10**15 - 1
MAX_METADATA = 8192
MAX_NAME = 255
NAME = Line(1, MAX_NAME, name="filename")
PATHS = ("relativePath", "webkitRelativePath")
"""The keys of the metadata by which clients tell the path of a file in the chosen folder."""
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


class Checksum(NamedTuple):
    """The digest of the body of one request, and the hash of the bytes that are read so far."""

    digest: bytes
    hash: Any


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
            expected = b64decode(digest, validate=True)
        except ValueError:
            raise Invalid(node, "The checksum must be in base64.") from None
        return Checksum(expected, hashlib.new(algorithm, usedforsecurity=False))


def path_of(metadata: str) -> str | None:
    """Return the path of a file on the computer of its sender by `Upload-Metadata`, if it is told.

    Uppy sends the text `null` where it knows none.
    """
    for part in metadata.split(","):
        key, _, value = part.strip().partition(" ")
        if key in PATHS:
            with suppress(ValueError, Invalid):
                path: str = NAME.deserialize(b64decode(value, validate=True).decode())
                return path.strip("/") if path.strip("/") not in ("", "null") else None
    return None


class FilenameType(SchemaType):
    """`Upload-Metadata`: pairs of a key and a value in base64, of which `filename` is used."""

    def deserialize(self, node: SchemaNode, cstruct: Any) -> Any:
        """Return the filename."""
        text = "" if cstruct is null else cstruct
        if len(text) > MAX_METADATA:
            raise Invalid(node, f"Longer than {MAX_METADATA} characters.")
        filename, keys = "", set()
        for part in filter(None, map(str.strip, text.split(","))):
            key, _, value = part.partition(" ")
            if not KEY.match(key) or key in keys:
                raise Invalid(node, "Must be pairs of a key, which is not repeated, and a value.")
            keys.add(key)
            try:
                data = b64decode(value, validate=True)
                filename = data.decode() if key == "filename" else filename
            except ValueError:
                at_key = SchemaNode(SchemaType(), name=quoted(key))
                raise Invalid(at_key, "Must be UTF-8 in base64.") from None
        return NAME.deserialize(filename)


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
        return load(schema, lenient(schema, given))
    except InvalidInput as invalid:
        faults = invalid.messages.items()
        text = " ".join(f"{name}: {' '.join(texts)}" for name, texts in faults)
        raise BadRequest(text, messages=invalid.messages) from None
