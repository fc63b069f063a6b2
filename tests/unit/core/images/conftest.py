"""Images with the default settings, and files with given bytes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from houston.core.images import Images
from houston.core.settings import CORE

MakeFile = Callable[[bytes], Path]

FORMATS = {"master": 4096, "mid": 1024, "thumb": 256}


@pytest.fixture(scope="session")
def images() -> Images:
    defaults = {row.name: row.default or "" for row in CORE}
    return Images(
        types=defaults["houston.uploads.types"].split(),
        max_pixels=int(defaults["houston.images.max_pixels"]),
        max_seconds=int(defaults["houston.images.max_seconds"]),
    )


@pytest.fixture
def file(tmp_path: Path) -> MakeFile:
    def make(data: bytes) -> Path:
        path = tmp_path / "sent"
        path.write_bytes(data)
        return path

    return make
