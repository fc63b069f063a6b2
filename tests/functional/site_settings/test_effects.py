"""What settings change elsewhere: who mail is from, and whether reCAPTCHA is asked."""

from typing import Any

import pytest

from houston.modules.users import views as users_views
from tests.clients_of_roles import Client
from tests.factories.site_settings import SiteSettingFactory
from tests.functional.site_settings.conftest import post
from tests.mailbox import Mailbox

USERS = "/api/v1/users"
ADA = {"email": "ada@example.org", "password": "correct horse battery"}


def test_mail_is_from_whom_the_site_names(
    admin: Client, anonymous: Client, mailbox: Mailbox
) -> None:
    anonymous.post_json(USERS, ADA)
    assert mailbox.only("ada@example.org").sender == "Houston <do-not-reply@localhost>"
    mailbox.empty()
    post(admin, "email_default_sender_email", "zebras@example.org")
    post(admin, "email_default_sender_name", 'Zebras, "striped"')
    anonymous.post_json(USERS, {**ADA, "email": "eve@example.org"})
    sender = mailbox.only("eve@example.org").sender
    assert sender == '"Zebras, \\"striped\\"" <zebras@example.org>'


@pytest.mark.parametrize(
    "address",
    [
        "",
        "zebras",
        "zebräs@example.org",
        "a@b\nBcc: c@example.org",
        "a..b@example.org",
        ".a@example.org",
    ],
)
def test_mail_is_from_an_address(admin: Client, address: str) -> None:
    assert post(admin, "email_default_sender_email", address).status_int == 422


def test_name_of_the_sender_is_one_line(admin: Client) -> None:
    assert post(admin, "email_default_sender_name", "a\r\nBcc: c@example.org").status_int == 422
    assert post(admin, "email_default_sender_name", "").status_int == 200


def test_recaptcha_is_as_the_site_says(
    admin: Client, anonymous: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(users_views, "check_recaptcha", lambda *given: asked.append(given))
    post(admin, "recaptchaPublicKey", "shown to all")
    post(admin, "recaptchaSecretKey", "hush hush")
    assert anonymous.post_json(USERS, {**ADA, "recaptcha_key": "a person"}).status_int == 200
    ((recaptcha, answer, field),) = asked
    assert (recaptcha.public_key, recaptcha.secret) == ("shown to all", "hush hush")
    assert recaptcha.url.startswith("https://")
    assert (answer, field) == ("a person", "recaptcha_key")
    shown = anonymous.get("/api/v1/auth/recaptcha").json
    assert shown == {"recaptcha_public_key": "shown to all"}


def test_without_a_secret_people_are_not_judged(anonymous: Client) -> None:
    answer = anonymous.post_json(USERS, {**ADA, "recaptcha_key": "a robot"})
    assert answer.status_int == 422
    SiteSettingFactory(key="recaptchaPublicKey", value="shown to all")
    assert anonymous.post_json(USERS, {**ADA, "recaptcha_key": "a person"}).status_int == 200
