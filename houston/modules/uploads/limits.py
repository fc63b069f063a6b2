"""What an upload may be: declared in the settings, told to clients, and held."""

from dataclasses import dataclass
from datetime import timedelta

from houston.core.settings import Settings


@dataclass(frozen=True)
class Limits:
    """The largest file in bytes, the most files of a transaction, and how long it waits."""

    max_size: int
    max_size_anonymous: int
    max_files: int
    max_files_anonymous: int
    lifetime: timedelta

    def size_for(self, *, anonymous: bool) -> int:
        """The bytes that one file may have."""
        return min(self.max_size, self.max_size_anonymous) if anonymous else self.max_size

    def files_for(self, *, anonymous: bool) -> int:
        """How many files a transaction may have."""
        return min(self.max_files, self.max_files_anonymous) if anonymous else self.max_files


def limits_of(settings: Settings) -> Limits:
    """The limits that the settings declare."""
    return Limits(
        max_size=settings["houston.uploads.max_size"],
        max_size_anonymous=settings["houston.uploads.max_size_anonymous"],
        max_files=settings["houston.uploads.max_files"],
        max_files_anonymous=settings["houston.uploads.max_files_anonymous"],
        lifetime=timedelta(seconds=settings["houston.uploads.lifetime"]),
    )
