"""The addresses of uploads: the protocol tus 1.0.0."""

from collections.abc import Mapping
from email.utils import format_datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from pyramid.response import Response

from houston.core.api.service import API, Service
from houston.core.db.session import Database
from houston.core.errors import (
    Conflict,
    ContentTooLarge,
    InsufficientStorage,
    NotFound,
    UnsupportedMediaType,
)
from houston.core.http.request import Request
from houston.core.images.values import UnusableFile
from houston.core.security.grants import Permission
from houston.core.services import services_of
from houston.core.settings import Settings
from houston.modules.uploads import services
from houston.modules.uploads.models import Upload
from houston.modules.uploads.partials import Partials
from houston.modules.uploads.protocol import (
    ALGORITHMS,
    TRANSACTION,
    UPLOAD_TYPE,
    VERSION,
    ChecksumMismatch,
    CreationHeaders,
    Headers,
    Locked,
    RefusedFile,
    WritingHeaders,
    WrongVersion,
    described,
    read_headers,
)

OFFSET = {"Upload-Offset": "The number of stored bytes."}
EXPIRES = {"Upload-Expires": "The time until which the upload can be continued or claimed."}
WRITING = (Conflict, ContentTooLarge, UnsupportedMediaType, WrongVersion, ChecksumMismatch, Locked)

ANY, CREATION, PART = Headers(), CreationHeaders(), WritingHeaders()


def abilities(registry: Any) -> Mapping[str, str]:
    """Return the headers of OPTIONS, which describe the server to clients of the protocol."""
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": "creation,creation-with-upload,termination,checksum,expiration",
        "Tus-Max-Size": str(services_of(registry)[Settings][services.MAX_SIZE]),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


uploads = Service("uploads", "/tus", tag="uploads", options=abilities)
upload = Service("upload", "/tus/{upload}", tag="uploads", options=abilities)
pending = Service("pending_uploads", "/tus/pending", tag="uploads")


@uploads.post(
    Permission.PUBLIC,
    raw=True,
    status=201,
    produces="",
    consumes=(UPLOAD_TYPE,),
    request_headers=described(CREATION),
    response_headers={"Location": "The address of the upload.", **OFFSET, **EXPIRES},
    errors=(*WRITING, InsufficientStorage),
)
def create_upload(request: Request) -> Response:
    """Create an upload by the protocol tus 1.0.0, with its first bytes if the body has any.

    OPTIONS lists the extensions of the protocol. Anonymous uploads have narrower limits.
    """
    _check_version(request)
    headers = read_headers(CREATION, request.headers)
    row = services.create_upload(
        request.services,
        request.db,
        request.identity,
        address=request.address,
        filename=headers["Upload-Metadata"],
        size=headers["Upload-Length"],
        transaction=headers[TRANSACTION],
        guid=headers["X-Tus-Resource-Id"],
        description=request.headers["Upload-Metadata"],
    )
    part = services.Part(0, row.expires)
    location = f"{API}/tus/{row.guid}"
    if request.content_length:
        _check_type(request)
        part = _append(request, row, 0, headers)
    return _answer(201, part, Location=location)


@upload.head(
    Permission.PUBLIC,
    raw=True,
    produces="",
    request_headers=described(ANY),
    response_headers={
        **OFFSET,
        **EXPIRES,
        "Upload-Length": "The size of the file, in bytes.",
        "Upload-Metadata": "The metadata with which the upload was created.",
    },
    errors=(Conflict, WrongVersion, Locked),
)
def get_upload(request: Request) -> Response:
    """Read the number of stored bytes, from which to continue.

    A finished upload is found until it is claimed, but not for another transaction: a client that
    has kept the address then sends the file again.
    """
    _check_version(request)
    row: Upload = request.context.row
    transaction = read_headers(ANY, request.headers)[TRANSACTION]
    offset = row.size if row.finished else request.services[Partials].size(row.guid)
    if row.finished is None and offset == row.size:
        _finish_after_crash(request, transaction)
    elif row.finished and transaction not in (None, row.transaction_guid):
        raise NotFound
    about = {"Upload-Length": str(row.size), "Upload-Metadata": row.description}
    return _answer(200, services.Part(offset, row.expires), **about)


@upload.patch(
    Permission.PUBLIC,
    raw=True,
    status=204,
    consumes=(UPLOAD_TYPE,),
    request_headers=described(PART),
    response_headers={**OFFSET, **EXPIRES},
    errors=WRITING,
)
def write_upload(request: Request) -> Response:
    """Append bytes to an upload; with the last byte the file is stored or refused."""
    _check_version(request)
    _check_type(request)
    row: Upload = request.context.row
    headers = read_headers(PART, request.headers)
    if row.finished is None:
        return _answer(204, _append(request, row, headers["Upload-Offset"], headers))
    if headers["Upload-Offset"] != row.size or request.content_length:
        raise Conflict(f"The upload is complete, at {row.size}.")
    return _answer(204, services.Part(row.size, row.expires))


@upload.delete(Permission.PUBLIC, raw=True, request_headers=described(ANY), errors=(WrongVersion,))
def delete_upload(request: Request) -> Response:
    """Delete an upload, finished or not, that is not claimed."""
    # The web client's own code sends this request, without the headers of the protocol.
    _check_version(request, default=VERSION)
    services.delete_upload(request.services[Partials], request.db, request.context.row.guid)
    return Response(status=204)


@pending.get(Permission.LIST)
def list_pending_uploads(request: Request) -> Any:
    """List the finished uploads of the caller, by transaction.

    Each transaction has its `bytes`, the `time` of its first file in seconds, and `resources`: the
    `filename` and `bytes` of each file by its guid.
    """
    return services.pending(request.db, request.caller)


def _append(
    request: Request, row: Upload, offset: int, headers: Mapping[str, Any]
) -> services.Part:
    """Append the body; the upload of a refused file is deleted."""
    guid, size, filename, length = row.guid, row.size, row.filename, request.content_length or 0
    transaction = headers[TRANSACTION]
    services.check_part(
        request.services,
        request.db,
        request.identity,
        row,
        end=offset + length,
        transaction=transaction,
    )
    request.renew_transaction(commit=True)
    try:
        return services.append(
            request.services,
            request.actor,
            guid,
            size,
            request.body_file_raw,
            offset=offset,
            length=length,
            checksum=headers["Upload-Checksum"],
            transaction=transaction,
        )
    except UnusableFile as error:
        services.delete_upload(request.services[Partials], request.db, guid)
        request.keep_changes = True
        raise RefusedFile(filename, error.message) from None


def _finish_after_crash(request: Request, transaction: UUID | None) -> None:
    """Finish an upload whose bytes are all stored: its client will send no further request.

    That of a refused file is deleted, so that its client sends it again and is told the reason.
    """
    row: Upload = request.context.row
    try:
        services.append(
            request.services,
            request.actor,
            row.guid,
            row.size,
            BytesIO(),
            offset=row.size,
            length=0,
            transaction=transaction,
        )
    except UnusableFile:
        with request.services[Database].transaction(request.actor) as db:
            services.delete_upload(request.services[Partials], db, row.guid)
        raise NotFound from None


def _check_version(request: Request, default: str = "") -> None:
    if request.headers.get("Tus-Resumable", default) != VERSION:
        raise WrongVersion


def _check_type(request: Request) -> None:
    if request.content_type != UPLOAD_TYPE:
        raise UnsupportedMediaType(f"Send the bytes as {UPLOAD_TYPE}.")


def _answer(status: int, part: services.Part, **headers: str) -> Response:
    response = Response(status=status)
    response.headers.update(headers)
    response.headers["Upload-Offset"] = str(part.offset)
    response.headers["Upload-Expires"] = format_datetime(part.expires, usegmt=True)
    response.headers["Cache-Control"] = "no-store"
    return response
