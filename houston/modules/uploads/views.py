"""The addresses of uploads: the protocol tus 1.0.0."""

from collections.abc import Mapping
from email.utils import format_datetime
from io import BytesIO
from typing import Any

from pyramid.response import Response

from houston.core.api.service import API, Service
from houston.core.db.session import Database
from houston.core.errors import (
    Conflict,
    ContentTooLarge,
    NotFound,
    UnsupportedMediaType,
)
from houston.core.http.request import Request
from houston.core.http.sanity import UPLOAD_TYPE
from houston.core.security.permissions import Permission
from houston.core.services import services_of
from houston.modules.uploads import protocol, services
from houston.modules.uploads.errors import ChecksumMismatch, Locked, Unwelcome, WrongVersion
from houston.modules.uploads.limits import Limits
from houston.modules.uploads.models import Upload
from houston.modules.uploads.partials import Partials
from houston.modules.uploads.protocol import VERSION

RESUMABLE = {"Tus-Resumable": "The version of the protocol: 1.0.0."}
TRANSACTION = {protocol.TRANSACTION: "The guid that holds the files of a submission together."}
CHECKSUM = {"Upload-Checksum": f"{', '.join(protocol.ALGORITHMS)}, a blank, the digest in base64."}
METADATA = {"Upload-Metadata": "Pairs of a key and a value in base64; `filename` is needed."}
OFFSET = {"Upload-Offset": "How many bytes are safe."}
EXPIRES = {"Upload-Expires": "Until when the upload can be gone on with, or claimed."}
WRITING = (Conflict, ContentTooLarge, UnsupportedMediaType, WrongVersion, ChecksumMismatch, Locked)


def abilities(registry: Any) -> Mapping[str, str]:
    """What OPTIONS tells of the protocol."""
    limits = services_of(registry)[Limits]
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": protocol.EXTENSIONS,
        "Tus-Max-Size": str(limits.max_size),
        "Tus-Checksum-Algorithm": ",".join(protocol.ALGORITHMS),
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
    request_headers={
        **RESUMABLE,
        **METADATA,
        **TRANSACTION,
        **CHECKSUM,
        "Upload-Length": "How many bytes the file has.",
        protocol.RESOURCE: "The guid of the upload, where the client chooses it.",
    },
    response_headers={"Location": "Where the bytes are to be sent.", **OFFSET, **EXPIRES},
    errors=WRITING,
)
def create_upload(request: Request) -> Response:
    """Begin an upload by the protocol tus 1.0.0, with the first bytes if they are there.

    OPTIONS tells what else the server knows of the protocol. Nobody needs to be signed in; then the
    bounds are narrower.
    """
    _check_version(request)
    headers = request.headers
    row = services.begin_upload(
        request.services,
        request.db,
        request.identity,
        filename=protocol.read_filename(headers),
        size=protocol.read_number(headers, "Upload-Length"),
        transaction=protocol.read_guid(headers, protocol.TRANSACTION),
        guid=protocol.read_guid(headers, protocol.RESOURCE),
        description=headers["Upload-Metadata"],
    )
    offset = 0
    if request.content_length:
        _check_type(request)
        offset = _append(request, row, 0)
    return _answer(201, row, offset, Location=f"{API}/tus/{row.guid}")


@upload.head(
    Permission.PUBLIC,
    raw=True,
    produces="",
    request_headers={**RESUMABLE, **TRANSACTION},
    response_headers={**OFFSET, **METADATA, **EXPIRES, "Upload-Length": "How many there will be."},
    errors=(Conflict, WrongVersion, Locked),
)
def get_upload(request: Request) -> Response:
    """Ask how much of an upload is safe, to go on from there; a finished one is not found."""
    _check_version(request)
    row: Upload = request.context.row
    if row.finished is not None:
        raise NotFound
    offset = services.offset_of(request.services[Partials], row)
    if offset == row.size:
        _finish_what_a_crash_left(request)
    metadata = {"Upload-Metadata": row.description} if row.description else {}
    return _answer(200, row, offset, **{"Upload-Length": str(row.size)}, **metadata)


@upload.patch(
    Permission.PUBLIC,
    raw=True,
    status=204,
    consumes=(UPLOAD_TYPE,),
    request_headers={
        **RESUMABLE,
        **TRANSACTION,
        **CHECKSUM,
        "Upload-Offset": "Where the bytes belong: as many as are safe.",
    },
    response_headers={**OFFSET, **EXPIRES},
    errors=WRITING,
)
def write_upload(request: Request) -> Response:
    """Send more of an upload. With its last byte it is looked into, and refused or kept."""
    _check_version(request)
    _check_type(request)
    row: Upload = request.context.row
    if row.finished is not None:
        raise NotFound
    offset = protocol.read_number(request.headers, "Upload-Offset")
    return _answer(204, row, _append(request, row, offset))


@upload.delete(
    Permission.PUBLIC,
    raw=True,
    request_headers={**RESUMABLE, **TRANSACTION},
    errors=(WrongVersion,),
)
def delete_upload(request: Request) -> Response:
    """Take an upload back, finished or not, as long as nobody has claimed it."""
    # The web client's own code asks for this, which does not know the protocol.
    _check_version(request, default=VERSION)
    services.end_upload(request.services[Partials], request.db, request.context.row)
    return Response(status=204)


@pending.get(Permission.LIST)
def list_pending_uploads(request: Request) -> Any:
    """List one's finished files that wait to be claimed, by transaction.

    Each transaction has its `bytes`, the `time` of its first file in seconds, and `resources`: the
    `filename` and `bytes` of each file by its guid.
    """
    return services.pending(request.db, request.caller)


def _append(request: Request, row: Upload, offset: int) -> int:
    """Write the body; a finished file that is refused takes its upload along."""
    try:
        return services.append(
            request.services,
            request.db,
            request.identity,
            row,
            request.body_file_raw,
            offset=offset,
            length=request.content_length or 0,
            checksum=protocol.read_checksum(request.headers),
            transaction=protocol.read_guid(request.headers, protocol.TRANSACTION),
        )
    except Unwelcome:
        services.end_upload(request.services[Partials], request.db, row)
        request.keep_changes = True
        raise


def _finish_what_a_crash_left(request: Request) -> None:
    """All bytes had come when the server fell; clients send no more, so this has to finish it.

    HEAD reads only; so this is a transaction of its own.
    """
    with request.services[Database].transaction(request.actor) as db:
        row = db.get(Upload, request.context.row.guid)
        if row is None:
            raise NotFound
        services.append(
            request.services,
            db,
            request.identity,
            row,
            BytesIO(),
            offset=row.size,
            length=0,
            transaction=protocol.read_guid(request.headers, protocol.TRANSACTION),
        )


def _check_version(request: Request, default: str = "") -> None:
    if request.headers.get("Tus-Resumable", default) != VERSION:
        raise WrongVersion


def _check_type(request: Request) -> None:
    if request.content_type != UPLOAD_TYPE:
        raise UnsupportedMediaType(f"Send the bytes as {UPLOAD_TYPE}.")


def _answer(status: int, row: Upload, offset: int, **headers: str) -> Response:
    response = Response(status=status)
    response.headers.update(headers)
    response.headers["Upload-Offset"] = str(offset)
    response.headers["Upload-Expires"] = format_datetime(row.expires, usegmt=True)
    response.headers["Cache-Control"] = "no-store"
    return response
