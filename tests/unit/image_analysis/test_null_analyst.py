"""Without an image analysis every call is refused with the reason."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest

from houston.config import load_settings
from houston.core.settings import Settings, SettingsError
from houston.modules.image_analysis import make_image_analysis
from houston.modules.image_analysis.interface import NullAnalyst, Refused
from tests.unit.core.test_settings import DEVELOPMENT

SENTENCE = r"No image analysis is configured on this server\."


def settings(**environ: str) -> Settings:
    return load_settings(
        DEVELOPMENT, {f"HOUSTON_IMAGE_ANALYSIS_{name}": value for name, value in environ.items()}
    )


def test_default_is_the_null_analyst() -> None:
    analysis = make_image_analysis(settings())
    assert isinstance(analysis.analyst, NullAnalyst)
    assert not analysis.analyst.available
    assert "seals_v1" in analysis.catalogue.detectors
    assert analysis.patience == timedelta(hours=6)


def test_sage_is_used_if_configured() -> None:
    analysis = make_image_analysis(settings(URL="sage+https://u:secret@sage.example.org/ia/"))
    assert analysis.analyst.available
    assert analysis.analyst.address == "https://sage.example.org/ia"


def test_folder_of_files_is_read_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "IA.bad.json").write_text("[]")
    with pytest.raises(SettingsError, match=r"IA\.bad\.json must hold an object\."):
        make_image_analysis(settings(CONFIGS=str(tmp_path)))


def test_every_call_is_refused() -> None:
    analyst = NullAnalyst()
    for call in (
        lambda: analyst.add_image(BytesIO(), "image/png"),
        lambda: analyst.missing_images([]),
        lambda: analyst.add_annotations([]),
        lambda: analyst.missing_annotations([]),
        lambda: analyst.detect(uuid4(), "seals_v1", [], ""),
        lambda: analyst.detection_result(uuid4(), []),
        lambda: analyst.identify(uuid4(), None),
        lambda: analyst.identification_result(uuid4(), uuid4()),
        lambda: analyst.heatmap("", uuid4(), uuid4()),
    ):
        with pytest.raises(Refused, match=SENTENCE):
            call()
    assert analyst.jobs() == {}
    assert analyst.version() is None
