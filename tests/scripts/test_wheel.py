"""A wheel that is installed without a checkout migrates, and has its templates and pages."""

import sys
from pathlib import Path

import pytest

from tests.commands import run
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a new folder, and return the folder."""
    wheels, folder = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("installed")
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--disable-pip-version-check")
    # The build folder of the checkout may contain files that are not part of the package.
    (wheels / "build.cfg").write_text(f"[build]\nbuild_base = {wheels}/build\n")
    build = (sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(wheels), str(ROOT))
    run(*build, DIST_EXTRA_CONFIG=str(wheels / "build.cfg"))
    (wheel,) = wheels.glob("houston-*.whl")
    run(sys.executable, "-m", "pip", "install", *options, "--target", str(folder), str(wheel))
    return folder


def houston(installed: Path, *command: str) -> str:
    """Run `houston …` of the installed package, and return its output."""
    return run(
        sys.executable,
        "-m",
        "houston.scripts",
        *command,
        folder=installed,
        PYTHONPATH=str(installed),
        HOUSTON_INI=str(ROOT / "testing.ini"),
        HOUSTON_DATABASE_URL=f"sqlite:///{installed}/houston.sqlite",
    )


def test_it_migrates(installed: Path) -> None:
    houston(installed, "app.db.upgrade")
    assert "(head)" in houston(installed, "app.db.current")


def test_it_has_its_templates_and_pages(installed: Path) -> None:
    package = installed / "houston"
    for file in (
        "core/api/static/swagger-ui-bundle.js",
        "modules/client/static/scroll.js",
        "modules/users/mail/reset.html.j2",
        "modules/auth/templates/authorize.html.j2",
        "modules/image_analysis/catalogue/IA.seals.json",
        "scripts/boilerplate/models.py.j2",
        "py.typed",
    ):
        assert (package / file).exists(), file
    assert '"swagger"' in houston(installed, "app.swagger")
