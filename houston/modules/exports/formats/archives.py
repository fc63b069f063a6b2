"""Archives of text files, which are compressed as they are written."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

MEDIA_TYPE = "application/zip"


def new_archive(path: Path) -> ZipFile:
    """A new archive, whose `with` block completes it."""
    return ZipFile(path, "w", ZIP_DEFLATED)


@contextmanager
def text_file(archive: ZipFile, name: str) -> Iterator[IO[str]]:
    """A new file in an archive for text in UTF-8, whose line ends are kept."""
    with (
        archive.open(name, "w", force_zip64=True) as file,
        TextIOWrapper(file, encoding="utf-8", newline="") as text,
    ):
        yield text
