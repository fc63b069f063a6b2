"""Mail is sent after the commit, by a real server or into a file."""

import email
import logging
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email.headerregistry import Address
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from pyramid.registry import Registry
from sqlalchemy import select

from houston.core.db.session import Database
from houston.core.jobs import Job, JobState
from houston.core.mail import MailBranding, Mailer
from houston.core.mail.transports import FileTransport
from houston.core.services import services_of
from tests.smtp import Postbox, mail_server
from tests.unit.core.mail.support import GUID, VALUES, parts_of


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def serve(postbox: Postbox) -> Iterator[Callable[..., str]]:
    """Start an SMTP server on a free port, and return `host:port`."""
    with ExitStack() as servers:
        yield lambda **options: servers.enter_context(mail_server(postbox, **options))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a key and a self-signed certificate for 127.0.0.1."""
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


def send_reset(registry: Registry, to: str = "ada@example.com", **options: Any) -> Job:
    with services_of(registry)[Database].writing(expire_on_commit=False) as db:
        guid = services_of(registry)[Mailer].send(
            db, to=to, template="zebras/mail/reset", values=VALUES, **options
        )
        db.commit()
    with services_of(registry)[Database].reading() as db:
        fetched: Job = db.get_one(Job, guid)
        return fetched


def test_mail_is_sent_by_smtp_after_the_commit(
    make_mailing: Callable[[str], Registry], serve: Callable[..., str], postbox: Postbox
) -> None:
    registry = make_mailing(f"smtp://{serve()}")
    with services_of(registry)[Database].writing() as db:
        services_of(registry)[Mailer].send(
            db, to="eve@example.com", template="zebras/mail/reset", values=VALUES
        )
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


def test_every_mail_has_the_branding(
    make_mailing: Callable[..., Registry], tmp_path: Path, serve: Callable[..., str]
) -> None:
    head = MailBranding(
        sender=Address("Zebras", "zebras", "example.org"),
        transport=FileTransport(tmp_path / "outbox"),
        language="de",
        values={"name": "Wer auch immer"},
    )
    send_reset(make_mailing(f"smtp://{serve()}", head))
    (file,) = (tmp_path / "outbox").glob("*.eml")
    mail = email.message_from_bytes(file.read_bytes(), policy=SMTP)
    assert mail["From"] == "Zebras <zebras@example.org>"
    assert mail["Subject"] == "Passwort zurücksetzen"
    assert parts_of(mail)[0].strip() == "Hallo Wer auch immer"


def test_refused_mail_is_retried(
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


def test_password_is_not_sent_without_tls(
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
def test_password_is_sent_encrypted(
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
    with services_of(registry)[Database].reading() as db:
        assert db.scalars(select(Job.owner_guid)).all() == [GUID]
