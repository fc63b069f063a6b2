"""Mails have a subject and two parts, and no other headers or recipients."""

import email
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP

import jinja2
import pytest
from pyramid.registry import Registry

from houston.core.mail import Mailer, compose
from houston.core.services import services_of
from houston.core.settings import SettingsError
from tests.unit.core.mail.support import GUID, SENDER, VALUES, MakeApplication, message_to, parts_of


def test_message_has_a_subject_of_one_line_and_two_parts(
    make_mailing: Callable[[str], Registry],
) -> None:
    mailer = services_of(make_mailing("null:"))[Mailer]
    message = mailer.render("ada@example.com", "zebras/mail/reset", None, VALUES)
    assert message.subject == "Reset the password of Grévy <b>"
    assert message.text == ("Hello Grévy <b>,\nopen https://example.org/reset?code=1&b=2")
    assert message.html == (
        '<p>Hello Grévy &lt;b&gt;, <a href="https://example.org/reset?code=1&amp;b=2">open</a></p>'
    )


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("de", "Passwort zurücksetzen"),
        ("sw", "Reset the password of Ada"),
        (None, "Reset the password of Ada"),
    ],
)
def test_language_falls_back_to_the_default(
    make_mailing: Callable[[str], Registry], language: str | None, subject: str
) -> None:
    mailer = services_of(make_mailing("null:"))[Mailer]
    values = {"name": "Ada", "link": ""}
    message = mailer.render("ada@example.com", "zebras/mail/reset", language, values)
    assert message.subject == subject


def test_missing_value_is_an_error(make_mailing: Callable[[str], Registry]) -> None:
    mailer = services_of(make_mailing("null:"))[Mailer]
    with pytest.raises(jinja2.UndefinedError, match="'link' is undefined"):
        mailer.render("ada@example.com", "zebras/mail/reset", None, {"name": "Ada"})


@pytest.mark.parametrize("name", ["zebras/mail/absent", "lions/mail/reset", "../mail/reset"])
def test_unknown_template_is_an_error(make_mailing: Callable[[str], Registry], name: str) -> None:
    mailer = services_of(make_mailing("null:"))[Mailer]
    with pytest.raises(jinja2.TemplateNotFound):
        mailer.render("ada@example.com", name, None, VALUES)


def test_missing_directory_prevents_the_start(
    make_application: MakeApplication, templates: str
) -> None:
    config = make_application("houston.core.events", "houston.core.mail")
    config.add_mail_templates(templates, "letters")
    with pytest.raises(Exception, match="letters"):
        config.commit()


def test_headers_are_those_of_an_automatic_message() -> None:
    mail = compose(message_to("ada@example.com"), SENDER, GUID)
    assert mail["From"] == "Houston <houston@example.org>"
    assert mail["To"] == "ada@example.com"
    assert mail["Subject"] == "Hello"
    assert mail["Message-ID"] == f"<{GUID}@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime.tzinfo is not None
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("body", ["x" * 300, "ü" * 300, "x" * 5000, "\r\n.\r\nQUIT\r\n"])
def test_bodies_survive_transport(body: str) -> None:
    sent = compose(message_to("ada@example.com", text=body, html=body), SENDER, GUID).as_bytes()
    assert sent.isascii()
    assert max(len(line) for line in sent.split(b"\r\n")) <= 998
    received = email.message_from_bytes(sent, policy=SMTP)
    assert isinstance(received, EmailMessage)
    assert [part.split() for part in parts_of(received)] == [body.split()] * 2


def test_long_link_stays_on_one_line() -> None:
    link = "https://example.org/reset?" + "x" * 200
    mail = compose(message_to("ada@example.com", text=link), SENDER, GUID)
    assert link.encode() in mail.as_bytes()


@pytest.mark.parametrize(
    "to",
    [
        "ada@example.com\r\nBcc: eve@example.com",
        "ada@example.com\nBcc: eve@example.com",
        "ada@example.com, eve@example.com",
        "Ada <ada@example.com>",
        "ada@example.com\x00",
        "a da@example.com",
        "ada@",
        "@example.com",
        "ada",
        "",
    ],
)
def test_recipient_is_exactly_one_address(to: str) -> None:
    with pytest.raises(ValueError, match=r"email address|@-sign"):
        compose(message_to(to), SENDER, GUID)


def test_international_domain_is_sent_in_ascii() -> None:
    mail = compose(message_to("ada@bücher.example"), SENDER, GUID)
    assert mail["To"] == "ada@xn--bcher-kva.example"


def test_values_cannot_add_headers(make_mailing: Callable[[str], Registry]) -> None:
    mailer = services_of(make_mailing("null:"))[Mailer]
    values = {"name": "Ada\r\nBcc: eve@example.com\r\n\r\nbody", "link": ""}
    message = mailer.render("ada@example.com", "zebras/mail/reset", None, values)
    mail = compose(message, SENDER, GUID)
    received = email.message_from_bytes(mail.as_bytes(), policy=SMTP)
    assert received["Bcc"] is None
    assert received["Subject"] == "Reset the password of Ada Bcc: eve@example.com body"


@pytest.mark.parametrize("sender", ["", "houston", "a@example.org, b@example.org"])
def test_sender_is_one_address(make_application: MakeApplication, sender: str) -> None:
    with pytest.raises(SettingsError, match=r"houston\.mail\.sender"):
        make_application("houston.core.events", "houston.core.mail", houston__mail__sender=sender)
