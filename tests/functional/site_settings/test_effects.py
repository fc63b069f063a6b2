"""Effects of settings on mail and on reCAPTCHA."""

from collections.abc import Iterator
from typing import Any

import pytest

from houston.core.mail.transports import smtp_transport
from houston.core.services import Services
from houston.modules.site_settings.registry import SettingsRegistry
from houston.modules.users import views as users_views
from tests.clients_of_roles import Client
from tests.factories.site_settings import SiteSettingFactory
from tests.functional.site_settings.conftest import post
from tests.mailbox import Mailbox
from tests.smtp import Postbox, mail_server

USERS = "/api/v1/users"
ADA = {"email": "ada@example.org", "password": "correct horse battery"}


def test_sender_of_mail_is_configured(admin: Client, anonymous: Client, mailbox: Mailbox) -> None:
    anonymous.post_json(USERS, ADA)
    assert mailbox.only("ada@example.org").sender == "Houston <do-not-reply@localhost>"
    mailbox.empty()
    post(admin, "email_default_sender_email", "zebras@example.org")
    post(admin, "email_default_sender_name", 'Zebras, "striped"')
    anonymous.post_json(USERS, {**ADA, "email": "eve@example.org"})
    sender = mailbox.only("eve@example.org").sender
    assert sender == '"Zebras, \\"striped\\"" <zebras@example.org>'


def test_texts_of_mail_are_configured(admin: Client, anonymous: Client, mailbox: Mailbox) -> None:
    for key, value in {
        "email_title_greeting": "Jambo!",
        "email_secondary_text": ["Every stripe counts.", "Asante."],
        "email_legal_statement": "<b>All rights</b> reserved.",
        "email_adoption_button_text": "Adopt a zebra",
        "site.general.donationButtonUrl": "https://zebras.example.org/adopt",
        "site.links.facebookLink": "https://facebook.example.org/zebras",
    }.items():
        assert post(admin, key, value).status_int == 200
    anonymous.post_json(USERS, ADA)
    received = mailbox.only("ada@example.org")
    assert received.text.startswith("Jambo!\n\nPlease confirm")
    assert "\nEvery stripe counts.\n\nAsante.\n" in received.text
    assert "\nAdopt a zebra: https://zebras.example.org/adopt\n" in received.text
    assert received.text.endswith("<b>All rights</b> reserved.\n")
    assert '<a href="https://facebook.example.org/zebras">Facebook</a>' in received.html
    assert "&lt;b&gt;All rights&lt;/b&gt; reserved." in received.html


class TestMandrill:
    """A site with a Mandrill account needs no mail server."""

    @pytest.fixture
    def postbox(self, services: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
        postbox = Postbox()
        options = {"authenticator": postbox.authenticate, "auth_require_tls": False}
        with mail_server(postbox, **options) as address:
            mandrill = smtp_transport(f"smtp://{address}")
            monkeypatch.setattr(services[SettingsRegistry], "mandrill", mandrill)
            yield postbox

    def test_it_sends_the_mail(
        self, admin: Client, anonymous: Client, mailbox: Mailbox, postbox: Postbox
    ) -> None:
        post(admin, "email_service", "mailchimp")
        post(admin, "email_service_username", "zebras")
        post(admin, "email_service_password", "p@ss/word")
        anonymous.post_json(USERS, ADA)
        assert [login.login for login in postbox.logins] == [b"zebras"]
        assert [mail["To"] for mail in postbox.mails] == ["ada@example.org"]
        assert mailbox.messages() == []

    @pytest.mark.parametrize("key", ["email_service_username", "email_service_password"])
    def test_mail_server_is_used_without_an_account(
        self, admin: Client, anonymous: Client, mailbox: Mailbox, postbox: Postbox, key: str
    ) -> None:
        post(admin, "email_service", "mailchimp")
        post(admin, key, "p@ss/word")
        anonymous.post_json(USERS, ADA)
        assert mailbox.only("ada@example.org")
        assert postbox.logins == []


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
def test_sender_has_an_address(admin: Client, address: str) -> None:
    assert post(admin, "email_default_sender_email", address).status_int == 422


@pytest.mark.parametrize("key", ["site.name", "site.general.tagline", "email_default_sender_name"])
def test_names_are_one_line(admin: Client, key: str) -> None:
    assert post(admin, key, "a\r\nBcc: c@example.org").json["message"] == (
        f"{key} must be one line of text, without hidden characters"
    )
    assert post(admin, key, "").status_int == 200


def test_recaptcha_is_configured(
    admin: Client, anonymous: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    requested: list[Any] = []
    monkeypatch.setattr(users_views, "check_recaptcha", lambda *given: requested.append(given))
    post(admin, "recaptchaPublicKey", "shown to all")
    post(admin, "recaptchaSecretKey", "hush hush")
    assert anonymous.post_json(USERS, {**ADA, "recaptcha_key": "a person"}).status_int == 200
    ((recaptcha, response, field),) = requested
    assert (recaptcha.public_key, recaptcha.secret) == ("shown to all", "hush hush")
    assert recaptcha.url.startswith("https://")
    assert (response, field) == ("a person", "recaptcha_key")
    shown = anonymous.get("/api/v1/auth/recaptcha").json
    assert shown == {"recaptcha_public_key": "shown to all"}


def test_recaptcha_is_skipped_without_a_secret(anonymous: Client) -> None:
    response = anonymous.post_json(USERS, {**ADA, "recaptcha_key": "a robot"})
    assert response.status_int == 422
    SiteSettingFactory(key="recaptchaPublicKey", value="shown to all")
    assert anonymous.post_json(USERS, {**ADA, "recaptcha_key": "a person"}).status_int == 200
