"""Mail leaves after the commit, in two parts, by a real server or into a file."""

import email
import logging
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any
from uuid import UUID

import jinja2
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as SmtpSession
from pyramid.config import Configurator
from pyramid.registry import Registry
from sqlalchemy import select

from houston.core.jobs import Job, JobState
from houston.core.mail import Message, compose, send
from houston.core.mail_transports import (
    FileTransport,
    NullTransport,
    SmtpTransport,
    Transport,
    make_transport,
)
from houston.core.settings import SettingsError

MakeApplication = Callable[..., Configurator]
GUID = UUID("1a2b3c4d-0000-4000-8000-000000000000")
SENDER = Address("Houston", "houston", "example.org")
VALUES = {"name": "Grévy <b>", "link": "https://example.org/reset?code=1&b=2"}

TEMPLATES = {
    "reset.subject.txt.j2": "Reset the password\n of {{ name }}\n",
    "reset.txt.j2": "Hello {{ name }},\nopen {{ link }}\n",
    "reset.html.j2": '<p>Hello {{ name }}, <a href="{{ link }}">open</a></p>\n',
    "reset.de.subject.txt.j2": "Passwort zurücksetzen",
    "reset.de.txt.j2": "Hallo {{ name }}",
    "reset.de.html.j2": "<p>Hallo {{ name }}</p>",
}


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package `savanna.zebras` with the templates in its directory `mail`."""
    directory = tmp_path / "savanna" / "zebras" / "mail"
    directory.mkdir(parents=True)
    for package in (directory.parent.parent, directory.parent):
        (package / "__init__.py").touch()
    for name, source in TEMPLATES.items():
        (directory / name).write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return "savanna.zebras"


@pytest.fixture
def make_mailing(make_application: MakeApplication, templates: str) -> Callable[[str], Registry]:
    """Make an application that mails to the given address of a transport."""

    def make(url: str) -> Registry:
        config = make_application(
            "houston.core.events", "houston.core.mail", houston__mail__url=url
        )
        config.add_mail_templates(templates, "mail")
        config.commit()
        return config.registry

    return make


class Postbox:
    """An SMTP handler that keeps what it gets, knows one password, and can turn mail away."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.logins: list[LoginPassword] = []
        self.answer = "250 kept"

    async def handle_DATA(self, _server: Any, _session: SmtpSession, envelope: Envelope) -> str:
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.envelopes.append(envelope)
            self.mails.append(email.message_from_bytes(envelope.content, policy=SMTP))
        return self.answer

    def authenticate(
        self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, login: LoginPassword
    ) -> AuthResult:
        self.logins.append(login)
        return AuthResult(success=login.password == b"p@ss/word")


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def serve(postbox: Postbox) -> Iterator[Callable[..., str]]:
    """Start an SMTP server on a free port and answer `host:port`."""
    controllers: list[Controller] = []

    def start(**options: Any) -> str:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        controller = Controller(postbox, hostname="127.0.0.1", port=port, **options)
        controller.start()
        controllers.append(controller)
        return f"127.0.0.1:{port}"

    yield start
    for controller in controllers:
        controller.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a key and a certificate for 127.0.0.1, signed by itself."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl, which makes the server's certificate, is not installed")
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = [openssl, *request.split(), *subject, "-keyout", str(file), "-out", f"{file}.crt"]
    subprocess.run(command, check=True, capture_output=True)
    file.write_text(file.read_text() + Path(f"{file}.crt").read_text())
    return file


@pytest.fixture
def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def parts_of(mail: EmailMessage) -> tuple[str, str]:
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


def send_reset(registry: Registry, to: str = "ada@example.com", **options: Any) -> Job:
    with registry["houston.db.session_factory"](expire_on_commit=False) as db:
        row = send(db, to=to, template="zebras/mail/reset", values=VALUES, **options)
        db.commit()
    with registry["houston.db.read_session_factory"]() as db:
        fetched: Job = db.get_one(Job, row.guid)
        return fetched


# Rendering


def test_message_has_a_subject_of_one_line_and_two_parts(
    make_mailing: Callable[[str], Registry],
) -> None:
    mailer = make_mailing("null:")["houston.mail"]
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
    mailer = make_mailing("null:")["houston.mail"]
    values = {"name": "Ada", "link": ""}
    message = mailer.render("ada@example.com", "zebras/mail/reset", language, values)
    assert message.subject == subject


def test_missing_value_is_an_error(make_mailing: Callable[[str], Registry]) -> None:
    mailer = make_mailing("null:")["houston.mail"]
    with pytest.raises(jinja2.UndefinedError, match="'link' is undefined"):
        mailer.render("ada@example.com", "zebras/mail/reset", None, {"name": "Ada"})


@pytest.mark.parametrize("name", ["zebras/mail/absent", "lions/mail/reset", "../mail/reset"])
def test_unknown_template_is_an_error(make_mailing: Callable[[str], Registry], name: str) -> None:
    mailer = make_mailing("null:")["houston.mail"]
    with pytest.raises(jinja2.TemplateNotFound):
        mailer.render("ada@example.com", name, None, VALUES)


def test_missing_directory_stops_the_boot(
    make_application: MakeApplication, templates: str
) -> None:
    config = make_application("houston.core.events", "houston.core.mail")
    config.add_mail_templates(templates, "letters")
    with pytest.raises(Exception, match="letters"):
        config.commit()


# Composing


def message_to(to: str, subject: str = "Hello", text: str = "text", html: str = "html") -> Message:
    return Message(to, subject, text, html)


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
def test_bodies_survive_the_wire(body: str) -> None:
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
    with pytest.raises(ValueError, match=r"addr|recipient|CR or LF|dot-atom|non-printables"):
        compose(message_to(to), SENDER, GUID)


def test_international_domain_is_sent_in_ascii() -> None:
    mail = compose(message_to("ada@bücher.example"), SENDER, GUID)
    assert mail["To"] == "ada@xn--bcher-kva.example"


def test_values_cannot_add_headers(make_mailing: Callable[[str], Registry]) -> None:
    mailer = make_mailing("null:")["houston.mail"]
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


# Transports


@pytest.mark.parametrize(
    ("url", "transport"),
    [
        ("smtp://localhost", SmtpTransport("localhost", 25)),
        ("smtp://localhost:587?starttls=1", SmtpTransport("localhost", 587, starttls=True)),
        ("smtps://u:p%40ss@mx.org", SmtpTransport("mx.org", 465, "u", "p@ss", tls=True)),
        ("file:var/mail", FileTransport(Path("var/mail"))),
        ("file:///var/mail", FileTransport(Path("/var/mail"))),
    ],
)
def test_transport_is_chosen_by_its_address(url: str, transport: Transport) -> None:
    assert make_transport(url) == transport


def test_password_is_not_printed() -> None:
    assert "p@ss" not in repr(make_transport("smtp://u:p%40ss@localhost"))


def test_null_transport_delivers_nowhere() -> None:
    transport = make_transport("null:")
    assert isinstance(transport, NullTransport)
    transport.deliver(compose(message_to("ada@example.com"), SENDER, GUID))


@pytest.mark.parametrize("url", ["", "smtp:", "smtp://", "file:", "imap://u:secret@host", "mail"])
def test_unknown_transport_is_a_settings_error(url: str) -> None:
    with pytest.raises(SettingsError, match=r"houston\.mail\.url must be") as caught:
        make_transport(url)
    assert "secret" not in str(caught.value)


def test_files_have_readable_names_and_whole_contents(tmp_path: Path) -> None:
    directory = tmp_path / "var" / "mail"
    mail = compose(message_to("ada@example.com", "../Réset: your/password?"), SENDER, GUID)
    FileTransport(directory).deliver(mail)
    FileTransport(directory).deliver(mail)
    [file] = directory.iterdir()
    date = mail["Date"].datetime.strftime("%Y%m%dT%H%M%SZ")
    assert file.name == f"{date}-ada@example.com-..-Réset-your-password--1a2b3c4d.eml"
    assert email.message_from_bytes(file.read_bytes(), policy=SMTP)["To"] == "ada@example.com"


def test_half_a_file_is_never_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", refuse)
    mail = compose(message_to("ada@example.com"), SENDER, GUID)
    with pytest.raises(OSError, match="disk full"):
        FileTransport(tmp_path).deliver(mail)
    assert list(tmp_path.iterdir()) == []


# Sending


def test_mail_is_sent_by_smtp_after_the_commit(
    make_mailing: Callable[[str], Registry], serve: Callable[..., str], postbox: Postbox
) -> None:
    registry = make_mailing(f"smtp://{serve()}")
    with registry["houston.db.session_factory"]() as db:
        send(db, to="eve@example.com", template="zebras/mail/reset", values=VALUES)
        db.rollback()
    row = send_reset(registry)
    [mail], [envelope] = postbox.mails, postbox.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("houston@example.org", ["ada@example.com"])
    assert mail["Subject"] == "Reset the password of Grévy <b>"
    assert mail["Message-ID"] == f"<{row.guid}@example.org>"
    text, html = parts_of(mail)
    assert text.splitlines() == ["Hello Grévy <b>,", "open https://example.org/reset?code=1&b=2"]
    assert 'href="https://example.org/reset?code=1&amp;b=2"' in html
    assert (row.state, row.arguments) == (JobState.DONE, {})


def test_mail_that_is_turned_away_is_tried_again(
    make_mailing: Callable[[str], Registry],
    serve: Callable[..., str],
    postbox: Postbox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL)
    registry = make_mailing(f"smtp://{serve()}")
    postbox.answer = "451 come back later"
    row = send_reset(registry)
    assert (row.state, row.attempts) == (JobState.PENDING, 1)
    assert row.error is not None
    assert row.error.startswith("SMTPDataError: (451")
    assert row.arguments["values"] == VALUES


def test_server_without_tls_is_not_given_the_password(
    make_mailing: Callable[[str], Registry],
    serve: Callable[..., str],
    postbox: Postbox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL)
    row = send_reset(make_mailing(f"smtp://u:p@{serve()}?starttls=1"))
    assert row.error == "SMTPNotSupportedError: STARTTLS extension not supported by server."
    assert postbox.logins == []


@pytest.mark.parametrize("kind", ["starttls", "tls"])
def test_password_travels_encrypted(
    make_mailing: Callable[[str], Registry],
    serve: Callable[..., str],
    postbox: Postbox,
    server_tls: ssl.SSLContext,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    if kind == "starttls":
        address = serve(authenticator=postbox.authenticate, tls_context=server_tls)
        url = f"smtp://houston:p%40ss%2Fword@{address}?starttls=1"
    else:
        address = serve(
            authenticator=postbox.authenticate, auth_require_tls=False, ssl_context=server_tls
        )
        url = f"smtps://houston:p%40ss%2Fword@{address}"
    row = send_reset(make_mailing(url))
    assert (row.state, len(postbox.logins), len(postbox.mails)) == (JobState.DONE, 1, 1)


def test_server_with_an_unknown_certificate_is_not_trusted(
    make_mailing: Callable[[str], Registry],
    serve: Callable[..., str],
    postbox: Postbox,
    server_tls: ssl.SSLContext,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL)
    address = serve(authenticator=postbox.authenticate, tls_context=server_tls)
    row = send_reset(make_mailing(f"smtp://u:p@{address}?starttls=1"))
    assert row.error is not None
    assert row.error.startswith("SSLCertVerificationError")
    assert postbox.logins == []


def test_mail_is_written_into_files(
    make_mailing: Callable[[str], Registry], tmp_path: Path
) -> None:
    registry = make_mailing(f"file:{tmp_path}/outbox")
    row = send_reset(registry, language="de")
    [file] = (tmp_path / "outbox").glob("*.eml")
    mail = email.message_from_bytes(file.read_bytes(), policy=SMTP)
    assert mail["Subject"] == "Passwort zurücksetzen"
    assert row.state is JobState.DONE


def test_owner_of_a_mail_is_recorded(make_mailing: Callable[[str], Registry]) -> None:
    registry = make_mailing("null:")
    send_reset(registry, owner=GUID)
    with registry["houston.db.read_session_factory"]() as db:
        assert db.scalars(select(Job.owner_guid)).all() == [GUID]
