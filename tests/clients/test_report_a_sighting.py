"""The example with three photographs, by tuspy and curl with a separate server."""

import json
import sys
from pathlib import Path

from openpyxl import load_workbook
from PIL import Image

from tests.commands import run
from tests.conftest import ROOT
from tests.live import live_server

EXAMPLE = ROOT / "examples/report_a_sighting.py"


def test_three_photographs_become_a_named_individual(tmp_path: Path) -> None:
    with live_server(tmp_path) as server:
        printed = run(sys.executable, str(EXAMPLE), server.url, str(tmp_path / "pictures"))
    curated = json.loads(printed[printed.index("{") :])
    assert curated["stage"] == "curation"
    assert curated["animals"] == [3, 1]
    assert curated["photographs"]["zebra-upright.jpg"] == {
        "width": 960,
        "height": 1280,
        "annotations": 1,
    }
    assert (curated["individual"]["firstName"], curated["individual"]["encounters"]) == ("Zoe", 1)
    sheet = load_workbook(tmp_path / "pictures/individuals.xlsx")["Individual Results"]
    names, values = sheet.iter_rows(values_only=True)
    assert dict(zip(names, values, strict=True))["name.FirstName"] == "Zoe"
    sizes = {file.name: size_of(file) for file in (tmp_path / "pictures").glob("*.jpg")}
    assert sizes == {
        "zebra-left-thumb.jpg": (256, 192),
        "zebra-left-abox.jpg": (1024, 768),
        "zebra-upright-thumb.jpg": (192, 256),
        "zebra-upright-abox.jpg": (768, 1024),
        "two-zebras-thumb.jpg": (256, 192),
        "two-zebras-abox.jpg": (1024, 768),
    }


def size_of(file: Path) -> tuple[int, int]:
    with Image.open(file) as picture:
        return picture.size
