"""The formats of exports, by their names in the parameter `format`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from houston.modules.exports.formats import (
    archives,
    camtrap,
    capture_history,
    darwin_core,
    tables,
    workbook,
)
from houston.modules.exports.services.dataset import Dataset

Write = Callable[[Dataset, Path, Mapping[str, Any]], None]


class Format(NamedTuple):
    """A format: its file name extension, its media type, and the function that writes a file."""

    extension: str
    media_type: str
    write: Write


FORMATS: Mapping[str, Format] = {
    "xlsx": Format("xlsx", workbook.MEDIA_TYPE, workbook.write),
    "csv": Format("csv", "text/csv; charset=utf-8", tables.write),
    "dwca": Format("zip", archives.MEDIA_TYPE, darwin_core.write),
    "camtrap": Format("zip", archives.MEDIA_TYPE, camtrap.write),
    "mark": Format("inp", "text/plain; charset=utf-8", capture_history.write_mark),
    "secr": Format("txt", "text/plain; charset=utf-8", capture_history.write_secr),
}
