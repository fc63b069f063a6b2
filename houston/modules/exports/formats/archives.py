"""Archives of text files, which are written one after the other without holding them in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

MEDIA_TYPE = "application/zip"


@contextmanager
def new_archive(path: object) -> Iterator[ZipFile]:
    """A compressed archive at a path, which is complete at the end of the block."""
    with ZipFile(str(path), "w", ZIP_DEFLATED) as archive:
        yield archive


@contextmanager
def text_file(archive: ZipFile, name: str) -> Iterator[IO[str]]:
    """A file in an archive for text in UTF-8, whose line ends are kept."""
    with (
        archive.open(name, "w", force_zip64=True) as file,
        TextIOWrapper(file, encoding="utf-8", newline="") as text,
    ):
        yield text
