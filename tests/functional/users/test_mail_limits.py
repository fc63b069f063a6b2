"""Mails of accounts are limited by recipient and by sender, and sent by jobs."""

from typing import Any

import pytest
from pyramid.router import Router

from houston.core.jobs import Jobs
from houston.core.mail import Mailer
from houston.core.security.rate_limits import RateLimits
from houston.core.services import services_of
from tests.clients_of_roles import Client
from tests.factories.users import PASSWORD, UserFactory
from tests.mailbox import Mailbox

STRANGER = "stranger@example.org"
USERS = "/api/v1/users"


@pytest.fixture
def strict(app: Router, monkeypatch: pytest.MonkeyPatch) -> None:
    """Limit mails to three of a kind to a recipient, and to five by a sender."""
    make = services_of(app)[RateLimits].make
    limits = services_of(app)[Mailer]._limits
    strict = type(limits)(make("mail_recipient", "3/hour"), make("mail_sender", "5/hour"))
    monkeypatch.setattr(services_of(app)[Mailer], "_limits", strict)


def test_verification_mails_are_limited(client_for: Any, mailbox: Mailbox, strict: None) -> None:
    user = client_for(UserFactory(email=STRANGER, is_email_confirmed=False))
    answers = [user.post(f"{USERS}/verify_account_email") for _ in range(60)]
    assert [answer.status_int for answer in answers] == [200] * 3 + [429] * 57
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert len(mailbox.messages()) == 3


def test_changes_to_the_address_of_a_stranger_are_limited(
    user: Client, mailbox: Mailbox, strict: None
) -> None:
    change = [
        {"op": "test", "path": "/current_password", "value": PASSWORD},
        {"op": "replace", "path": "/email", "value": STRANGER},
    ]
    answers = [user.patch_json(f"{USERS}/{user.account.guid}", change) for _ in range(5)]
    assert [answer.status_int for answer in answers] == [200] * 3 + [429] * 2
    assert len(mailbox.messages()) == 3


def test_invitations_are_limited_by_sender(
    user_manager: Client, client_for: Any, mailbox: Mailbox, strict: None
) -> None:
    def invite(client: Client, number: int) -> int:
        body = {"email": f"stranger{number}@example.org"}
        status: int = client.post_json(f"{USERS}/invitations", body).status_int
        return status

    assert [invite(user_manager, number) for number in range(7)] == [200] * 5 + [429] * 2
    another = client_for(UserFactory(is_user_manager=True))
    assert invite(another, 8) == 200
    assert len(mailbox.messages()) == 6


def test_reset_mails_are_limited_in_silence(
    anonymous: Client, mailbox: Mailbox, strict: None
) -> None:
    UserFactory(email=STRANGER)
    answers = [
        anonymous.post_json(f"{USERS}/reset_password_email", {"email": STRANGER}) for _ in range(9)
    ]
    assert {answer.status_int for answer in answers} == {200}
    assert len(mailbox.messages()) == 3


def test_sign_up_succeeds_beyond_the_limit(
    anonymous: Client, mailbox: Mailbox, strict: None
) -> None:
    for number in range(7):
        new = {"email": f"a{number}@example.org", "password": "analytical engine"}
        assert anonymous.post_json(USERS, new).status_int == 200
    assert len(mailbox.messages()) == 5


def test_request_of_a_reset_does_the_same_for_known_and_unknown_addresses(
    app: Router, anonymous: Client, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    UserFactory(email=STRANGER)
    monkeypatch.setattr(services_of(app)[Jobs].queue, "put", lambda *_args, **_kw: None)

    def executed(email: str) -> list[str]:
        statements.clear()
        anonymous.post_json(f"{USERS}/reset_password_email", {"email": email})
        return list(statements)

    assert executed(STRANGER) == executed("nobody@example.org")
