"""Tables of comma-separated values (RFC 4180) in UTF-8: one, of the records that were searched."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

from houston.modules.exports.services.dataset import Dataset
from houston.modules.exports.services.records import Cell, Table

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""The characters with which spreadsheets let a formula begin."""


def write(dataset: Dataset, path: Path, _options: Mapping[str, Any]) -> None:
    """Write the table of the records that a search finds."""
    table = Table(dataset, dataset.main)
    with path.open("w", encoding="utf-8", newline="") as file:
        write_table(file, table.columns, table.rows())


def write_table(file: IO[str], columns: Iterable[str], rows: Iterable[Iterable[Cell]]) -> None:
    """Write a table, whose texts no spreadsheet takes for formulas."""
    writer = csv.writer(file)
    writer.writerow([_guarded(column) for column in columns])
    writer.writerows([_guarded(cell) for cell in row] for row in rows)


def _guarded(cell: Cell) -> Any:
    """The cell; an apostrophe before a text that looks like a formula makes it text."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
