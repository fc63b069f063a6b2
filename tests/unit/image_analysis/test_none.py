"""Without an image analysis nothing is found, and everybody is told why."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest

from houston.config import load_settings
from houston.core.settings import Settings, SettingsError
from houston.modules.image_analysis import make_image_analysis
from houston.modules.image_analysis.interface import Refused
from houston.modules.image_analysis.null import NullAnalyst
from tests.unit.core.test_settings import DEVELOPMENT

SENTENCE = r"No image analysis is configured on this server\."


def settings(**environ: str) -> Settings:
    return load_settings(
        DEVELOPMENT, {f"HOUSTON_IMAGE_ANALYSIS_{name}": value for name, value in environ.items()}
    )


def test_there_is_none_by_default() -> None:
    analysis = make_image_analysis(settings())
    assert isinstance(analysis.analyst, NullAnalyst)
    assert not analysis.analyst.available
    assert "seals_v1" in analysis.catalogue.detectors
    assert analysis.patience == timedelta(hours=6)


def test_sage_is_used_where_one_is_set() -> None:
    analysis = make_image_analysis(settings(URL="sage+https://u:secret@sage.example.org/ia/"))
    assert analysis.analyst.available
    assert analysis.analyst.address == "https://sage.example.org/ia"


def test_folder_of_files_is_read_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "IA.bad.json").write_text("[]")
    with pytest.raises(SettingsError, match=r"IA\.bad\.json must hold an object\."):
        make_image_analysis(settings(CONFIGS=str(tmp_path)))


def test_nothing_is_done() -> None:
    nobody = NullAnalyst()
    for call in (
        lambda: nobody.add_image(BytesIO(), "image/png"),
        lambda: nobody.missing_images([]),
        lambda: nobody.add_annotations([]),
        lambda: nobody.missing_annotations([]),
        lambda: nobody.detect(uuid4(), "seals_v1", [], ""),
        lambda: nobody.detection_result(uuid4(), []),
        lambda: nobody.identify(uuid4(), None),
        lambda: nobody.identification_result(uuid4(), uuid4()),
        lambda: nobody.heatmap("", uuid4(), uuid4()),
    ):
        with pytest.raises(Refused, match=SENTENCE):
            call()
    assert nobody.jobs() == {}
    assert nobody.version() is None
