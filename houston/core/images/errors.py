"""The one error about files that cannot be used."""

from collections.abc import Iterator
from contextlib import contextmanager

from PIL import UnidentifiedImageError

from houston.core.errors import Unprocessable

UNKNOWN = "The file is no picture of a known format."
DAMAGED = "The picture is damaged."
TRUNCATED = "The picture is damaged: it ends too early."


class UnusableFile(Unprocessable):
    """A file is damaged, too large when unpacked, or of a type that is not taken."""

    message = "The file cannot be used."


@contextmanager
def decoding() -> Iterator[None]:
    """Make one error of all that decoders raise: with a hostile file that can be anything."""
    try:
        yield
    except (UnusableFile, FileNotFoundError):
        raise
    except UnidentifiedImageError as error:
        raise UnusableFile(UNKNOWN) from error
    except Exception as error:
        raise UnusableFile(TRUNCATED if "truncated" in str(error) else DAMAGED) from error
