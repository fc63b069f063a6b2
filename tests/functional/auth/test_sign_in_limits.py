"""Failed sign-ins delay an account in a network, and nobody else."""

from typing import Any

import pytest
from pyramid.router import Router

from houston.core.db.session import Session
from houston.core.security import sign_in
from tests.clients_of_roles import Client
from tests.factories.auth import ClientFactory
from tests.factories.users import PASSWORD, UserFactory

SESSIONS = "/api/v1/auth/sessions"
HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def account(db: Session) -> Any:
    return UserFactory()


class Clock:
    """The time, which a test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from time import time

        self._time, self.ahead = time, 0.0
        monkeypatch.setattr(sign_in, "time", self)
        monkeypatch.setattr("limits.storage.memory.time.time", self)

    def __call__(self) -> float:
        return self._time() + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def browser(app: Router, address: str = HERE) -> Client:
    return Client(app, extra_environ={"REMOTE_ADDR": address})


def attempt(caller: Client, name: str, password: str = "wrong") -> Any:
    return caller.post_json(SESSIONS, {"email": name, "password": password})


def fail(caller: Client, *names: str) -> None:
    for number in range(10):
        attempt(caller, names[number % len(names)])


def test_account_has_to_wait_in_the_network(app: Router, account: Any) -> None:
    fail(browser(app), account.email)
    refused = attempt(browser(app), account.email, PASSWORD)
    assert refused.status_int == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 10


def test_others_in_the_network_do_not_wait(app: Router, account: Any) -> None:
    fail(browser(app), UserFactory().email)
    fail(browser(app), *(f"nobody{number}@example.org" for number in range(10)))
    assert attempt(browser(app), account.email, PASSWORD).status_int == 200


def test_nobody_locks_out_an_account_by_its_name(app: Router, account: Any) -> None:
    for number in range(3):
        fail(browser(app, f"198.51.100.{number}"), account.username)
    assert attempt(browser(app, ELSEWHERE), account.email, PASSWORD).status_int == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [("2001:db8:0:1::ffff", 429), ("2001:db8:0:2::1", 200)],
)
def test_ipv6_network_has_64_bits(app: Router, account: Any, address: str, status: int) -> None:
    for number in range(10):
        attempt(browser(app, f"2001:db8:0:1::{number}"), account.email)
    assert attempt(browser(app, address), account.email, PASSWORD).status_int == status


def test_names_and_the_current_password_share_one_count(app: Router, user: Client) -> None:
    user.extra_environ["REMOTE_ADDR"] = HERE
    account = user.account
    address = f"/api/v1/users/{account.guid}"
    for number in range(3):
        attempt(browser(app), account.email)
        attempt(browser(app), account.username.upper())
        wrong = [
            {"op": "test", "path": "/current_password", "value": f"wrong{number}"},
            {"op": "replace", "path": "/email", "value": "else@example.org"},
        ]
        assert user.patch_json(address, wrong).status_int == 403
    form = {
        "grant_type": "password",
        "client_id": ClientFactory(level="public").client_id,
        "username": account.email,
        "password": "wrong",
    }
    assert browser(app).post("/auth/oauth2/token", form).status_int == 400
    for name in (account.email, account.username):
        assert attempt(browser(app), name, PASSWORD).status_int == 429
    right = [{"op": "test", "path": "/current_password", "value": PASSWORD}, wrong[1]]
    assert user.patch_json(address, right).status_int == 429
    assert browser(app).post("/auth/oauth2/token", {**form, "password": PASSWORD}).status_int == 429


def test_delay_grows_until_the_password_is_right(app: Router, account: Any, clock: Clock) -> None:
    fail(browser(app), account.email)
    delays = []
    for _ in range(9):
        waiting = attempt(browser(app), account.email)
        delays.append(int(waiting.headers["Retry-After"]))
        clock.ahead += delays[-1] + 1
        assert attempt(browser(app), account.email).status_int == 401
    assert delays == [10, 20, 40, 80, 160, 320, 640, 900, 900]
    clock.ahead += 901
    assert attempt(browser(app), account.email, PASSWORD).status_int == 200
    assert attempt(browser(app), account.email).status_int == 401
    assert attempt(browser(app), account.email, PASSWORD).status_int == 200


class TestKnownBrowser:
    @pytest.fixture
    def known(self, app: Router, account: Any) -> Client:
        """Return a browser in which the account has signed in, and out again."""
        caller = browser(app)
        assert attempt(caller, account.email, PASSWORD).status_int == 200
        assert caller.delete(SESSIONS).status_int == 200
        return caller

    def test_right_password_is_never_refused(
        self, app: Router, account: Any, known: Client
    ) -> None:
        fail(browser(app), account.email)
        fail(known, account.username)
        assert attempt(known, account.email).status_int == 429
        assert attempt(browser(app), account.email, PASSWORD).status_int == 429
        assert attempt(known, account.email, PASSWORD).status_int == 200

    def test_it_is_known_for_its_accounts_alone(self, account: Any, known: Client) -> None:
        other = UserFactory()
        fail(known, other.email)
        assert attempt(known, other.email, PASSWORD).status_int == 429
        assert attempt(known, account.email, PASSWORD).status_int == 200

    def test_it_is_known_for_several_accounts(self, account: Any, known: Client) -> None:
        other = UserFactory()
        assert attempt(known, other.email, PASSWORD).status_int == 200
        for each in (account, other):
            fail(known, each.email)
            assert attempt(known, each.email, PASSWORD).status_int == 200

    def test_a_hundred_failures_make_it_unknown(self, account: Any, known: Client) -> None:
        for _ in range(100):
            attempt(known, account.email)
        assert attempt(known, account.email, PASSWORD).status_int == 429

    def test_cookie_is_signed_and_opens_nothing(self, account: Any, known: Client) -> None:
        assert known.get("/api/v1/users/me").status_int == 401
        known.set_cookie("device", "x" + known.cookies["device"])
        fail(known, account.email)
        assert attempt(known, account.email, PASSWORD).status_int == 429

    def test_session_is_a_known_browser(self, account: Any, known: Client) -> None:
        attempt(known, account.email, PASSWORD)
        address = f"/api/v1/users/{account.guid}"
        change = {"op": "replace", "path": "/email", "value": "else@example.org"}
        for password, status in [*[("wrong", 403)] * 10, ("wrong", 429), (PASSWORD, 200)]:
            test = {"op": "test", "path": "/current_password", "value": password}
            assert known.patch_json(address, [test, change]).status_int == status
