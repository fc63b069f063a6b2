"""Clients that openapi-generator generates from the document; the Python client is executed."""

import json
import shutil
import sys
import sysconfig
from pathlib import Path
from typing import Any

import httpx
import pytest
from invoke import Exit

from houston.scripts.swagger import NO_JAVA, generate
from tests.commands import run
from tests.live import ROOT, LiveServer

VERSION = "1.2.3"
SCRIPT = """
import json, os, urllib.parse, urllib.request
from houston_client import ApiClient, Configuration, NewTeam, TeamPatchOperation
from houston_client import SiteSettingsApi, TeamsApi, UsersApi

url = os.environ["HOUSTON"]
form = {"grant_type": "password", "client_id": "documentation", "username": "root", "password": "q"}
body = urllib.parse.urlencode(form).encode()
with urllib.request.urlopen(f"{url}/auth/oauth2/token", body) as answer:
    token = json.load(answer)["access_token"]

with ApiClient(Configuration(host=f"{url}/api/v1", access_token=token)) as client:
    me = UsersApi(client).get_me()
    settings = SiteSettingsApi(client).get_site_settings().to_dict()
    teams = TeamsApi(client)
    made = teams.create_team(NewTeam(title="Whales"))
    rename = [
        TeamPatchOperation(op="test", path="/title", value="Whales"),
        TeamPatchOperation(op="replace", path="/title", value="Orcas"),
    ]
    renamed = teams.patch_team(str(made.guid), rename)
    teams.create_team(NewTeam(title="Seals"))
    page = teams.list_teams_with_http_info(limit=1, sort="title")

print(json.dumps({
    "me": [me.id, me.username, me.is_admin],
    "setting": settings["site.private"]["defaultValue"],
    "made": made.title,
    "leader": made.members[0].user.username,
    "renamed": renamed.title,
    "same": renamed.guid == made.guid,
    "page": [team.title for team in page.data],
    "status": page.status_code,
    "total": page.headers["X-Total-Count"],
}))
"""


@pytest.fixture(scope="module")
def java() -> None:
    """Skip without Java, which openapi-generator needs."""
    if shutil.which("java") is None:
        pytest.skip(NO_JAVA)


@pytest.fixture(scope="module")
def installed(java: None, server: LiveServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the generated Python client by pip; return its folder."""
    source, prefix = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("prefix")
    document = httpx.get(f"{server.url}/api/v1/swagger.json")
    generate(document.content, "python", VERSION, source)
    pip("install", "--no-build-isolation", f"--prefix={prefix}", str(source))
    return Path(sysconfig.get_path("purelib", vars={"base": str(prefix)}))


def pip(*arguments: str) -> None:
    """Install with a prefix, which unlike `--target` reuses the installed requirements."""
    run(sys.executable, "-m", "pip", "--quiet", *arguments)


@pytest.fixture(scope="module")
def results(server: LiveServer, installed: Path) -> Any:
    """Run a script with the client on its path, and return its output."""
    printed = run(sys.executable, "-c", SCRIPT, PYTHONPATH=str(installed), HOUSTON=server.url)
    return json.loads(printed)


def test_python_client_reads(results: Any) -> None:
    assert results["me"] == [1, "root", True]


def test_python_client_reads_values_of_any_type(results: Any) -> None:
    assert results["setting"] is True


def test_python_client_creates(results: Any) -> None:
    assert results["made"] == "Whales"
    assert results["leader"] == "root"


def test_python_client_patches_with_a_list_of_operations(results: Any) -> None:
    assert results["renamed"] == "Orcas"
    assert results["same"] is True


def test_python_client_pages_and_reads_the_total(results: Any) -> None:
    assert results["status"] == 200
    assert results["page"] == ["Orcas"]
    assert results["total"] == "2"


@pytest.mark.parametrize("language", ["javascript", "typescript"])
def test_task_creates_a_package_for_npm(java: None, tmp_path: Path, language: str) -> None:
    task = ("app.swagger.codegen", "--language", language, "--version", VERSION)
    output = invoke(tmp_path, *task)
    target = Path("clients", language, "dist")
    assert f"The client is in {target}" in output
    package = json.loads((tmp_path / target / "package.json").read_text())
    assert (package["name"], package["version"]) == ("houston-client", VERSION)


def test_missing_java_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Exit, match="no `java` on the PATH"):
        generate(b"{}", "python", VERSION, tmp_path / "client")


def invoke(folder: Path, *arguments: str) -> str:
    """Run a task of this checkout in `folder`, with a separate database; return its output."""
    return run(
        *(sys.executable, "-m", "invoke", f"--search-root={ROOT}", *arguments),
        folder=folder,
        HOUSTON_INI=str(ROOT / "development.ini"),
        HOUSTON_DATABASE_URL=f"sqlite:///{folder}/houston.sqlite",
        HOUSTON_JOBS_URL=f"thread:{folder}/jobs.sqlite",
        HOUSTON_STORAGE_URL=f"file:{folder}/files",
        HOUSTON_MAIL_URL=f"file:{folder}/mail",
    )
