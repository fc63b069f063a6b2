"""The media type of a file by its first bytes, where these are enough.

puremagic knows most signatures. It guesses where several formats share one, such as the containers
of ISO and of ZIP, and where a text happens to start with a signature, such as `BM`; these come
first here.
"""

import csv
import re
from collections.abc import Iterator

import puremagic

HEAD = 65536
"""The number of bytes that tell the type of a file."""

BRANDS = {
    **dict.fromkeys(("heic", "heix", "heim", "heis"), "image/heic"),
    **dict.fromkeys(("hevc", "hevx", "hevm", "hevs"), "image/heic-sequence"),
    **dict.fromkeys(("avif", "avis"), "image/avif"),
    **dict.fromkeys(("M4A ", "M4B ", "M4P "), "audio/mp4"),
    **dict.fromkeys(("jp2 ", "jpx ", "jpm "), "image/jp2"),
    **dict.fromkeys(("isom", "mp41", "mp42", "avc1", "M4V ", "MSNV", "dash"), "video/mp4"),
    "crx ": "image/x-canon-cr3",
    "qt  ": "video/quicktime",
    "mif1": "image/heif",
    "msf1": "image/heif-sequence",
}
"""The types of ISO base media files by brand (ISO/IEC 14496-12, section 4.3)."""
UNSPECIFIC = ("mif1", "msf1", "isom", "mp41", "mp42", "avc1", "dash")
"""Brands that files of other ones have as well, which are looked for among the compatible ones."""
FAMILIES = {"iso": "video/mp4", "mp4": "video/mp4", "3gp": "video/3gpp", "3g2": "video/3gpp2"}
"""The types of further brands by their first three letters."""

OFFICE = "application/vnd.openxmlformats-officedocument"
MEMBERS = {
    b"xl/": f"{OFFICE}.spreadsheetml.sheet",
    b"word/": f"{OFFICE}.wordprocessingml.document",
    b"ppt/": f"{OFFICE}.presentationml.presentation",
}
"""The types of ZIP archives by the folders in them."""
DECLARED = b"mimetypeapplication/"
"""The beginning of the first member of an OpenDocument or an EPUB, which says its type."""

SIGNATURES = (
    (b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"\xff\x4f\xff\x51", "image/jp2"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl"),
    (b"\xff\x0a", "image/jxl"),
    (b"II\x2b\0", "image/tiff"),
    (b"MM\0\x2b", "image/tiff"),
    (b"IIRO", "image/x-olympus-orf"),
    (b"IIU\0", "image/x-panasonic-rw2"),
)
MARKUP = (b"<", b"%", b"{", b"#!", b"GIF8")
"""The beginnings of files that are more than the text that they seem to be."""
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
DELIMITERS = ",;\t|"


def media_type(head: bytes) -> str | None:
    """Return the media type of a file by its first bytes, or None if it is not known.

    >>> media_type(b"name,seen\\nA,2021\\n"), media_type(b"Seen at dusk.")
    ('text/csv', 'text/plain')
    """
    if head[4:8] == b"ftyp":
        return _of_brands(list(_brands(head)))
    if head.startswith(b"PK\x03\x04"):
        return _of_archive(head)
    for signature, found in SIGNATURES:
        if head.startswith(signature):
            return found
    if not _is_text(head):
        return _by_signature(head)
    text = head.removeprefix(BYTE_ORDER_MARK).lstrip()
    known = _by_signature(text) if text.startswith(MARKUP) else None
    return known or ("text/csv" if _is_table(text) else "text/plain")


def _brands(head: bytes) -> Iterator[str]:
    """Yield the major brand and the compatible ones, after which is a version."""
    end = min(int.from_bytes(head[:4], "big"), len(head))
    for at in (8, *range(16, end, 4)):
        yield head[at : at + 4].decode("latin-1")


def _of_brands(brands: list[str]) -> str | None:
    """Return the type of the major brand, or of the first compatible one that says more."""
    major, *compatible = brands
    if major in BRANDS and major not in UNSPECIFIC:
        return BRANDS[major]
    specific = [each for each in compatible if each in BRANDS and each not in UNSPECIFIC]
    for brand in (*specific, major, *compatible):
        if found := BRANDS.get(brand) or FAMILIES.get(brand[:3]):
            return found
    return None


def _of_archive(head: bytes) -> str:
    """Return the type of a ZIP archive: of an office document, or of any other one."""
    if head[30:].startswith(DECLARED):
        size = int.from_bytes(head[22:26], "little")
        return head[38 : 38 + size].decode(errors="replace")
    found = [(head.find(folder), type) for folder, type in MEMBERS.items() if folder in head]
    return min(found)[1] if found and b"[Content_Types].xml" in head else "application/zip"


def _by_signature(head: bytes) -> str | None:
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return None
    return found[0].mime_type or None


def _is_text(head: bytes) -> bool:
    """Return whether bytes are UTF-8 text; the last character may be incomplete."""
    try:
        head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:
            return False
    return not CONTROL.search(head)


def _is_table(text: bytes) -> bool:
    """Return whether the lines of a text have one number of cells, which is more than one."""
    lines = text.decode(errors="ignore").splitlines()
    # The last one may be incomplete.
    lines = [line for line in (lines if len(text) < HEAD - 3 else lines[:-1]) if line.strip()][:50]
    return len(lines) > 1 and any(_has_cells(lines, each) for each in DELIMITERS)


def _has_cells(lines: list[str], delimiter: str) -> bool:
    try:
        widths = {len(row) for row in csv.reader(lines, delimiter=delimiter) if row}
    except csv.Error:
        return False
    return len(widths) == 1 and min(widths) > 1
