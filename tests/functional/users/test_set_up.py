"""The first administrator of a site: one, and in production by the address that it prints."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pyramid.paster import get_appsettings
from pyramid.router import Router
from sqlalchemy import func, select
from webtest import TestApp

import houston
from houston.bootstrap import create_example_data, set_up_address
from houston.core.db.session import Database, Session
from houston.core.services import Services, services_of
from houston.core.settings import Settings
from houston.modules.users.models import User
from tests.clients_of_roles import Client
from tests.conftest import empty_database
from tests.factories.users import UserFactory
from tests.live import ROOT
from tests.parts import setting

ADDRESS = "/api/v1/users/admin_user_initialized"
ADA = {"email": "ada@example.org", "password": "analytical engine"}


@pytest.fixture
def production(app: Router) -> Iterator[None]:
    with setting(app, "houston.environment", "production"):
        yield


def test_token_is_needed_in_production(
    services: Services, anonymous: Client, production: None, db: Session
) -> None:
    for token in ({}, {"token": ""}, {"token": "x" * 64}, {"token": "\u00e9"}):
        refused = anonymous.post_json(ADDRESS, {**ADA, **token})
        assert refused.status_int == 403
        assert list(refused.json["messages"]) == ["token"]
    address = set_up_address(services)
    assert address is not None
    token = {"token": address.partition("token=")[2]}
    assert anonymous.post_json(ADDRESS, {**ADA, **token}).json == {"initialized": True}
    assert set_up_address(services) is None
    again = anonymous.post_json(ADDRESS, {**token, **ADA, "email": "eve@example.org"})
    assert again.status_int == 405


def test_printed_address_lets_the_page_of_the_web_client_create_it(
    services: Services, anonymous: Client, production: None
) -> None:
    address = set_up_address(services)
    assert address is not None
    path = address.removeprefix(services[Settings]["houston.base_url"])
    opened = anonymous.get(path)
    assert (opened.status_int, opened.headers["Location"]) == (302, "http://localhost/")
    cookie = opened.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert anonymous.post_json(ADDRESS, ADA).json == {"initialized": True}


def test_wrong_address_sets_no_cookie(anonymous: Client, production: None) -> None:
    for query in ("", "?token=", "?token=x"):
        refused = anonymous.get(f"/api/v1/users/set_up{query}")
        assert refused.status_int == 403
        assert "Set-Cookie" not in refused.headers


def test_example_data_count(services: Services, anonymous: Client, db: Session) -> None:
    create_example_data(services, db)
    db.commit()
    assert anonymous.get(ADDRESS).json == {"initialized": True}
    settings = anonymous.get("/api/v1/site-settings/data").json
    assert settings["site.adminUserInitialized"] is True
    assert anonymous.post_json(ADDRESS, ADA).status_int == 405


def test_example_administrator_is_a_researcher_too(
    services: Services, anonymous: Client, db: Session
) -> None:
    create_example_data(services, db)
    db.commit()
    root = {"email": "root@localhost", "password": "q"}
    assert anonymous.post_json("/api/v1/auth/sessions", root).json["success"] is True
    assert anonymous.get("/api/v1/users/me").json["is_researcher"] is True
    assert anonymous.get("/api/v1/social-groups").status_int == 200


def test_account_without_the_role_does_not_count(anonymous: Client, db: Session) -> None:
    UserFactory(is_admin=True, is_active=False)
    UserFactory(is_staff=True)
    assert anonymous.get(ADDRESS).json == {"initialized": False}


def test_simultaneous_requests_create_one(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    with empty_database(request.config, tmp_path_factory, "set_up") as url:
        ini = get_appsettings(str(ROOT / "testing.ini"), "main")
        given = {"houston.database.url": url, "houston.mail.url": f"file:{tmp_path}"}
        application = houston.main({}, **{**ini, **given})
        client = TestApp(application)

        def create(number: int) -> int:
            body = {**ADA, "email": f"ada{number}@example.org"}
            status: int = client.post_json(ADDRESS, body, status="*").status_int
            return status

        with ThreadPoolExecutor(8) as pool:
            statuses = sorted(pool.map(create, range(8)))
        assert statuses == [200] + [405] * 7
        with services_of(application)[Database].reading() as db:
            assert db.scalar(select(func.count()).select_from(User)) == 1
        services_of(application)[Database].engine.dispose()
