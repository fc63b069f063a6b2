"""The formats of exports, by their names in the parameter `format`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from houston.modules.exports.formats import tables, workbook
from houston.modules.exports.services.dataset import Dataset

Write = Callable[[Dataset, Path, Mapping[str, Any]], None]


class Format(NamedTuple):
    """A format: its file name extension, its media type, and the function that writes a file."""

    extension: str
    media_type: str
    write: Write


FORMATS: Mapping[str, Format] = {
    "xlsx": Format("xlsx", workbook.MEDIA_TYPE, workbook.write),
    "csv": Format("csv", "text/csv", tables.write),
}
