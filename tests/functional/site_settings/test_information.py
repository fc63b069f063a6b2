"""Public information about the site."""

from typing import Any

import pytest
from pyramid.router import Router

from houston.core.db.session import Session
from houston.core.services import services_of
from houston.modules.image_analysis.interface import ImageAnalysis, NullAnalyst
from tests.clients_of_roles import Client
from tests.factories.site_settings import SiteSettingFactory
from tests.factories.users import UserFactory

BASE = "/api/v1/site-settings"


def test_heartbeat(anonymous: Client) -> None:
    response = anonymous.get(f"{BASE}/heartbeat").json
    assert response.keys() == {"version", "git_version"}
    assert response["version"]


class Sage(NullAnalyst):
    """An image analysis with a version, which counts the requests for it."""

    available, address = True, "https://sage.example.org"

    def __init__(self, response: str | None) -> None:
        self.calls, self.response = 0, response

    def version(self) -> str | None:
        self.calls += 1
        return self.response


@pytest.fixture
def sage(app: Router, monkeypatch: pytest.MonkeyPatch) -> Sage:
    """Install an image analysis that responds."""
    found = Sage("3.1")
    monkeypatch.setitem(vars(services_of(app)[ImageAnalysis]), "analyst", found)
    return found


def test_site_info_caches_the_version_of_the_analysis(
    anonymous: Client, admin: Client, staff: Client, sage: Sage
) -> None:
    info = anonymous.get(f"{BASE}/site-info/").json
    assert info["sage"] == {"version": "3.1", "uri": ""}
    assert info["houston"]["version"]
    assert admin.get(f"{BASE}/site-info").json["sage"]["uri"] == ""
    assert staff.get(f"{BASE}/site-info").json["sage"]["uri"] == "https://sage.example.org"
    assert sage.calls == 1


def test_site_info_works_without_the_analysis(anonymous: Client, sage: Sage) -> None:
    sage.response = None
    for _ in range(2):
        assert anonymous.get(f"{BASE}/site-info").json["sage"] == {"version": None, "uri": ""}
    assert sage.calls == 1


def test_public_data_counts_users(anonymous: Client) -> None:
    before = anonymous.get(f"{BASE}/public-data").json
    UserFactory(is_active=False)
    UserFactory()
    UserFactory(is_internal=True)
    after = anonymous.get(f"{BASE}/public-data").json
    assert after["num_users"] == before["num_users"] + 1
    assert after["num_individuals"] == after["num_sightings"] == 0


def test_detection(anonymous: Client) -> None:
    response = anonymous.get(f"{BASE}/detection").json
    assert response["success"] is True
    detector: Any = response["detection_config"]["african_terrestrial"]
    assert detector["name"]
    zebra = next(each for each in detector["supported_species"] if each["itis_id"] == 624996)
    assert zebra["scientific_name"] == "Equus quagga"
    assert "zebra" in zebra["ia_classes"]
    assert zebra["id_algos"]["hotspotter_nosv"]["description"]


def test_ia_classes(anonymous: Client) -> None:
    response = anonymous.get(f"{BASE}/ia_classes").json
    assert response["success"] is True
    assert "zebra" in response["ia_classes"]
    assert response["ia_classes"] == sorted(response["ia_classes"])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("intelligent_agent_parrot", "Invalid Agent class parrot"),
        ("parrot", "Invalid test"),
    ],
)
def test_unknown_agents_are_refused(admin: Client, name: str, text: str) -> None:
    response = admin.get(f"{BASE}/test/{name}")
    assert (response.status_int, response.json["message"]) == (400, text)


def test_bot_is_not_there(admin: Client) -> None:
    address = f"{BASE}/test/intelligent_agent_twitterbot"
    response = admin.get(address)
    assert (response.status_int, response.json["success"]) == (200, False)
    assert response.json["message"] == "Not enabled."
    SiteSettingFactory(key="intelligent_agent_twitterbot_enabled", value=True)
    assert admin.get(address).json == {"success": False, "message": "Not ready."}


def test_settings_show_whether_there_is_an_administrator(anonymous: Client, db: Session) -> None:
    assert anonymous.get(f"{BASE}/data").json["site.adminUserInitialized"] is False
    UserFactory(is_admin=True, is_active=False)
    assert anonymous.get(f"{BASE}/data").json["site.adminUserInitialized"] is False
    UserFactory(is_admin=True)
    assert anonymous.get(f"{BASE}/data").json["site.adminUserInitialized"] is True
