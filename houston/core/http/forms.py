"""Reading forms, urlencoded or multipart.

They are read in memory, as the size of bodies is checked before. WebOb's own parser leaves files
open, and uses a module that Python 3.13 no longer has.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from multipart import MultipartParser, parse_options_header
from pyramid.request import Request
from webob.multidict import MultiDict

from houston.core.errors import BadRequest

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
FORM_TYPES = (URLENCODED, MULTIPART)
MAX_FIELDS = 128


def read_form(request: Request) -> MultiDict:
    """The fields of a form: each is text, or a part with a `file`. Other bodies have no fields.

    Raises:
        BadRequest: The form is malformed, has more than 128 fields, or is not UTF-8.
    """
    kind, options = parse_options_header(request.environ.get("CONTENT_TYPE", ""))
    body: bytes = request.body
    try:
        if kind == URLENCODED:
            return MultiDict(_urlencoded(body))
        if kind == MULTIPART:
            return MultiDict(_parts(body, options.get("boundary", "")))
    except ValueError as error:
        raise BadRequest("The form cannot be read.") from error
    return MultiDict()


def _urlencoded(body: bytes) -> list[tuple[str, str]]:
    return parse_qsl(
        body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS
    )


def _parts(body: bytes, boundary: str) -> Iterator[tuple[str, Any]]:
    parser = MultipartParser(
        BytesIO(body),
        boundary,
        len(body),
        part_limit=MAX_FIELDS,
        spool_limit=len(body),
        memory_limit=len(body),
    )
    for part in parser:
        yield part.name, part if part.filename else _text(part.raw, boundary)


def _text(content: bytes, boundary: str) -> str:
    # The parser takes the rest of a form for the content of a part that has not even a line break.
    if content.startswith(f"--{boundary}".encode()):
        raise ValueError("a part begins with the boundary")
    return content.decode()
