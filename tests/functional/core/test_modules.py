"""A disabled module has no paths, documentation or scopes."""

from collections.abc import Iterator

import pytest
from pyramid.paster import get_appsettings
from webtest import TestApp

import houston
from houston.core.db.session import Database
from houston.core.services import services_of
from houston.core.settings import SettingsError
from tests.conftest import ROOT

NEEDED_BY_AUTH = "users site_settings fileuploads uploads image_analysis"


@pytest.fixture
def without_teams(database_url: str) -> Iterator[TestApp]:
    settings = {
        **get_appsettings(str(ROOT / "testing.ini"), "main"),
        "houston.modules": f"auth {NEEDED_BY_AUTH}",
        "houston.database.url": database_url,
    }
    application = houston.main({}, **settings)
    yield TestApp(application)
    services_of(application)[Database].engine.dispose()


def test_disabled_module_is_absent(without_teams: TestApp) -> None:
    assert without_teams.get("/api/v1/teams", status=404).json["status"] == 404
    document = without_teams.get("/api/v1/openapi.json")
    assert "/api/v1/users" in document.json["paths"]
    assert "teams" not in document.text
    described = without_teams.get("/.well-known/oauth-authorization-server").json
    assert {"auth:read", "users:write"} < set(described["scopes_supported"])
    assert "teams:read" not in described["scopes_supported"]


def test_unknown_module_prevents_the_start() -> None:
    settings = get_appsettings(str(ROOT / "testing.ini"), "main")
    with pytest.raises(SettingsError, match=r"houston\.modules: there is no module unicorns\."):
        houston.main({}, **{**settings, "houston.modules": f"auth {NEEDED_BY_AUTH} unicorns"})


def test_module_without_its_dependencies_prevents_the_start() -> None:
    settings = get_appsettings(str(ROOT / "testing.ini"), "main")
    with pytest.raises(SettingsError, match="auth needs users, which is not enabled"):
        houston.main({}, **{**settings, "houston.modules": "auth"})


@pytest.mark.parametrize("name", ["create_usr", "list_unicorns"])
def test_limit_of_a_misspelt_operation_prevents_the_start(name: str) -> None:
    settings = get_appsettings(str(ROOT / "testing.ini"), "main")
    hint = "; did you mean create_user?" if name == "create_usr" else "."
    with pytest.raises(SettingsError) as caught:
        houston.main({}, **{**settings, "houston.limits": f"create_team 1/hour\n{name} 1/hour"})
    assert str(caught.value) == f"houston.limits: there is no operation {name}{hint}"


@pytest.mark.parametrize("operation", ["create_team", "merge_individuals"])
def test_limits_of_disabled_modules_are_known(database_url: str, operation: str) -> None:
    settings = {
        **get_appsettings(str(ROOT / "testing.ini"), "main"),
        "houston.modules": f"auth {NEEDED_BY_AUTH}",
        "houston.limits": f"{operation} 1/hour",
        "houston.database.url": database_url,
    }
    application = houston.main({}, **settings)
    services_of(application)[Database].engine.dispose()
