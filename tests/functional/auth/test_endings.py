"""A new password or a deactivation ends everything that acts for an account."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from pyramid.router import Router
from sqlalchemy import select

from houston.core.db.session import Session
from houston.modules.auth.models import BrowserSession
from tests.clients_of_roles import Client
from tests.factories.users import PASSWORD, UserFactory
from tests.mailbox import Mailbox

API = "/api/v1"
NEW = "a new engine"
TEST = {"op": "test", "path": "/current_password", "value": PASSWORD}


class Foothold(NamedTuple):
    """What somebody has who was in the account once."""

    client: dict[str, str]
    token: str
    personal: str
    browser: Client

    def opens(self) -> list[str]:
        """Return the names of what still opens the account."""
        program = Client(self.browser.app)
        tokens = {"token": self.token, "personal": self.personal}
        found = [name for name, token in tokens.items() if _opens(program, token)]
        if program.post("/auth/oauth2/token", self.client).status_int == 200:
            found.append("client")
        if self.browser.get(f"{API}/users/me").status_int == 200:
            found.append("session")
        return found


def _opens(caller: Client, token: str) -> bool:
    headers = {"Authorization": f"Bearer {token}"}
    return bool(caller.get(f"{API}/users/me", headers=headers).status_int == 200)


@pytest.fixture
def owner(client_for: Callable[..., Client], db: Session) -> Client:
    return client_for(UserFactory())


@pytest.fixture
def foothold(owner: Client) -> Foothold:
    body = {"default_scopes": ["users:read"], "level": "confidential"}
    made = owner.post_json(f"{API}/auth/clients", body).json
    client = {
        "grant_type": "client_credentials",
        "client_id": made["client_id"],
        "client_secret": made["secret"],
    }
    token = owner.post("/auth/oauth2/token", client).json["access_token"]
    wanted = {"name": "script", "scopes": ["users:read"]}
    personal = owner.post_json(f"{API}/auth/personal_tokens", wanted).json["access_token"]
    browser = Client(owner.app)
    browser.post_json(f"{API}/auth/sessions", {"email": owner.account.email, "password": PASSWORD})
    found = Foothold(client, token, personal, browser)
    assert found.opens() == ["token", "personal", "client", "session"]
    return found


def test_reset_by_mail(
    anonymous: Client, owner: Client, foothold: Foothold, mailbox: Mailbox
) -> None:
    mailbox.empty()
    anonymous.post_json(f"{API}/users/reset_password_email", {"email": owner.account.email})
    code = mailbox.only(owner.account.email).code
    used = anonymous.post_json(f"{API}/auth/code/{code}.json", {"password": NEW})
    assert used.status_int == 200
    assert foothold.opens() == []


def test_password_by_an_administrator(admin: Client, owner: Client, foothold: Foothold) -> None:
    operations = [TEST, {"op": "replace", "path": "/password", "value": NEW}]
    changed = admin.patch_json(f"{API}/users/{owner.account.guid}", operations)
    assert changed.status_int == 200, changed.text
    assert foothold.opens() == []


@pytest.mark.parametrize("operations", [None, "is_active"])
def test_deactivated_and_active_again(
    admin: Client, owner: Client, foothold: Foothold, operations: str | None
) -> None:
    address, email = f"{API}/users/{owner.account.guid}", owner.account.email
    if operations is None:
        assert admin.delete(address).status_int == 204
        assert foothold.opens() == []
        again = {"email": email, "password": NEW}
        assert admin.post_json(f"{API}/users", again).json["guid"] == str(owner.account.guid)
    else:
        for value in (False, True):
            change = [TEST, {"op": "replace", "path": "/is_active", "value": value}]
            assert admin.patch_json(address, change).status_int == 200
    assert foothold.opens() == []


def test_own_change_keeps_this_session_and_the_clients(owner: Client, foothold: Foothold) -> None:
    operations = [TEST, {"op": "replace", "path": "/password", "value": NEW}]
    address = f"{API}/users/{owner.account.guid}"
    assert foothold.browser.patch_json(address, operations).status_int == 200
    assert foothold.opens() == ["client", "session"]


class TestNewSecret:
    def test_owner_replaces_the_secret(self, owner: Client, foothold: Foothold) -> None:
        (client,) = owner.get(f"{API}/auth/clients").json
        made = owner.post_json(f"{API}/auth/clients/{client['guid']}/secret", {})
        assert made.status_int == 200
        assert "client" not in foothold.opens()
        form = {**foothold.client, "client_secret": made.json["secret"]}
        assert owner.post("/auth/oauth2/token", form).status_int == 200

    def test_a_token_with_fewer_scopes_cannot(
        self, owner: Client, foothold: Foothold, client_for: Callable[..., Client]
    ) -> None:
        (client,) = owner.get(f"{API}/auth/clients").json
        narrow = client_for(owner.account, scopes="auth:write")
        refused = narrow.post_json(f"{API}/auth/clients/{client['guid']}/secret", {})
        assert refused.status_int == 403
        assert "client" in foothold.opens()


class TestMails:
    def test_owner_is_told(self, owner: Client, mailbox: Mailbox) -> None:
        body = {"default_scopes": ["users:read"], "name": "visit evil.example.com"}
        client = owner.post_json(f"{API}/auth/clients", body).json
        token = {"name": "visit evil.example.com", "scopes": ["teams:read"]}
        made = owner.post_json(f"{API}/auth/personal_tokens", token).json
        owner.post_json(f"{API}/auth/clients/{client['guid']}/secret", {})
        mails = mailbox.messages()
        assert {mail.to for mail in mails} == {owner.account.email}
        found = [(client["guid"] in mail.text, made["guid"] in mail.text) for mail in mails]
        assert found == [(True, False), (False, True), (True, False)]
        assert "users:read" in mails[0].text
        assert "teams:read" in mails[1].html
        assert not any("evil" in mail.text + mail.html for mail in mails)

    def test_refused_one_is_not_mailed(self, owner: Client, mailbox: Mailbox) -> None:
        owner.post_json(f"{API}/auth/clients", {"default_scopes": ["zebras:read"]})
        assert mailbox.messages() == []


def test_session_ends_with_the_next_sign_in(app: Router, owner: Client, db: Session) -> None:
    browser = Client(app)
    body = {"email": owner.account.email, "password": PASSWORD}
    browser.post_json(f"{API}/auth/sessions", body)
    old = browser.cookies["session"]
    browser.post_json(f"{API}/auth/sessions", body)
    assert browser.get(f"{API}/users/me").status_int == 200
    stale = Client(app).get(f"{API}/users/me", headers={"Cookie": f"session={old}"})
    assert stale.status_int == 401
    assert len(list(db.scalars(select(BrowserSession)))) == 1
