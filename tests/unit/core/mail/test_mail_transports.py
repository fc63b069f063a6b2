"""The address selects the transport; files of mails are complete."""

import email
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from houston.core.mail import compose
from houston.core.mail.transports import (
    FileTransport,
    NullTransport,
    SmtpTransport,
    Transport,
    make_transport,
)
from houston.core.settings import SettingsError
from tests.unit.core.mail.support import GUID, SENDER, message_to


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


def test_null_transport_discards_mail() -> None:
    transport = make_transport("null:")
    assert isinstance(transport, NullTransport)
    transport.deliver(compose(message_to("ada@example.com"), SENDER, GUID))


@pytest.mark.parametrize("url", ["", "smtp:", "smtp://", "file:", "imap://u:secret@host", "mail"])
def test_unknown_transport_is_a_settings_error(url: str) -> None:
    with pytest.raises(SettingsError, match=r"houston\.mail\.url must be") as caught:
        make_transport(url)
    assert "secret" not in str(caught.value)


def test_files_have_readable_names_and_complete_contents(tmp_path: Path) -> None:
    directory = tmp_path / "var" / "mail"
    mail = compose(message_to("ada@example.com", "../Réset: your/password?"), SENDER, GUID)
    FileTransport(directory).deliver(mail)
    FileTransport(directory).deliver(mail)
    [file] = directory.iterdir()
    date = mail["Date"].datetime.strftime("%Y%m%dT%H%M%SZ")
    assert file.name == f"{date}-ada@example.com-..-Réset-your-password--1a2b3c4d.eml"
    assert email.message_from_bytes(file.read_bytes(), policy=SMTP)["To"] == "ada@example.com"


def test_incomplete_file_is_never_visible(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", refuse)
    mail = compose(message_to("ada@example.com"), SENDER, GUID)
    with pytest.raises(OSError, match="disk full"):
        FileTransport(tmp_path).deliver(mail)
    assert list(tmp_path.iterdir()) == []
