"""A site with regions and species, and the files of exports."""

import csv
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from tests.clients_of_roles import Client

Rows = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def _with_site(site: None) -> None:
    """Give all tests a site."""


def export(client: Client, noun: str, query: Any = None, status: int = 200, **options: str) -> Any:
    """Return the response to an export of what a query finds."""
    parameters = "&".join(f"{name}={value}" for name, value in options.items())
    address = f"/api/v1/{noun}/export?{parameters}"
    response = client.post_json(address, {} if query is None else query)
    assert response.status_int == status, response.text
    return response


def workbook_of(response: Any) -> Any:
    """Return the workbook of an export."""
    return load_workbook(BytesIO(response.body))


def sheets_of(response: Any) -> dict[str, Rows]:
    """Return the rows of each sheet, by the names of the columns."""
    return {sheet.title: _rows(sheet) for sheet in workbook_of(response)}


def _rows(sheet: Any) -> Rows:
    columns, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def table_of(text: str, delimiter: str = ",") -> Rows:
    """Return the rows of a table of separated values."""
    return list(csv.DictReader(StringIO(text), delimiter=delimiter))


def files_of(response: Any) -> dict[str, str]:
    """Return the texts of the files in an archive."""
    with ZipFile(BytesIO(response.body)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}
