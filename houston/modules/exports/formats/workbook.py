"""Spreadsheets: a worksheet for each class of records (contract C-13).

Rows are written to the disk as they come. Texts are text cells whatever they begin with, and those
that look like formulas are marked as quoted, so that they stay text when somebody edits the cell.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from houston.core.errors import BadRequest
from houston.modules.exports.formats.tables import FORMULA
from houston.modules.exports.services.dataset import Dataset
from houston.modules.exports.services.records import Cell, Table, tables_of

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_ROWS, MAX_COLUMNS, MAX_TEXT = 1_048_576, 16_384, 32_767
"""The limits of a worksheet; longer texts are cut."""
MAX_PROPERTY = 255


def write(dataset: Dataset, path: Path, _options: Mapping[str, Any]) -> None:
    """Write the workbook of an export.

    Raises:
        BadRequest: A worksheet cannot have so many rows or columns.
    """
    # Imported here: it takes nine megabytes, which a site without spreadsheets does not need.
    from xlsxwriter import Workbook

    tables = list(tables_of(dataset))
    for table in tables:
        _check_size(table)
    with Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)}) as workbook:
        for name, text in _properties(dataset).items():
            workbook.set_custom_property(name, text[:MAX_PROPERTY])
        quoted = workbook.add_format({"quote_prefix": True})
        for table in tables:
            sheet = workbook.add_worksheet(f"{table.noun.class_name} Results")
            _write_row(sheet, 0, table.columns, quoted)
            for number, cells in enumerate(table.rows(), 1):
                _write_row(sheet, number, cells, quoted)


def _check_size(table: Table) -> None:
    if table.number >= MAX_ROWS or len(table.columns) > MAX_COLUMNS:
        raise BadRequest(
            f"The export has {table.number} {table.noun} with {len(table.columns)} columns, and a "
            f"worksheet holds {MAX_ROWS - 1} rows and {MAX_COLUMNS} columns: choose csv."
        )


def _properties(dataset: Dataset) -> dict[str, str]:
    account = dataset.identity.account
    return {
        "Codex": dataset.site.name,
        "Codex GUID": dataset.site.guid or "",
        "Codex User": f"{account.guid} {account.full_name}",
    }


def _write_row(sheet: "Worksheet", number: int, cells: list[Any], quoted: Any) -> None:
    for column, cell in enumerate(cells):
        _write_cell(sheet, number, column, cell, quoted)


def _write_cell(sheet: "Worksheet", row: int, column: int, cell: Cell, quoted: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, str):
        text = cell[:MAX_TEXT]
        sheet.write_string(row, column, text, quoted if text.startswith(FORMULA) else None)
    else:
        sheet.write_number(row, column, cell)
