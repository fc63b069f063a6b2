"""Transports of mail: SMTP, files, or none."""

import re
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from houston.core.settings import SettingsError

TIMEOUT_SECONDS = 30.0


class Transport(Protocol):
    """A way to deliver messages."""

    def deliver(self, mail: EmailMessage) -> None:
        """Deliver a message, or raise the error of the transport."""


@dataclass(frozen=True)
class SmtpTransport:
    """A mail server: without encryption, with STARTTLS (RFC 3207) or implicit TLS (RFC 8314)."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    starttls: bool = False
    tls: bool = False

    def deliver(self, mail: EmailMessage) -> None:
        """Send a message over a new connection; certificates are verified."""
        with self._connect() as server:
            if self.starttls:
                server.starttls(context=ssl.create_default_context())
            if self.user is not None:
                server.login(self.user, self.password or "")
            server.send_message(mail)

    def _connect(self) -> smtplib.SMTP:
        if not self.tls:
            return smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=context)


@dataclass(frozen=True)
class FileTransport:
    """A directory of .eml files, named by date, recipient and subject."""

    directory: Path

    def deliver(self, mail: EmailMessage) -> None:
        """Write the file whole or not at all; the same message again replaces it."""
        self.directory.mkdir(parents=True, exist_ok=True)
        target = self.directory / _file_name(mail)
        partial = target.with_suffix(".partial")
        try:
            partial.write_bytes(mail.as_bytes())
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)


class NullTransport:
    """Drops all mail."""

    def deliver(self, mail: EmailMessage) -> None:
        """Drop the message."""


def make_transport(url: str) -> Transport:
    """The transport of `houston.mail.url`.

    Raises:
        SettingsError: It is neither `smtp://…`, `smtps://…`, `file:directory` nor `null:`.
    """
    parts = urlsplit(url)
    if parts.scheme in ("smtp", "smtps") and parts.hostname:
        return smtp_transport(url)
    if parts.scheme == "file" and parts.path.strip("/"):
        return FileTransport(Path(parts.path))
    if parts.scheme == "null":
        return NullTransport()
    raise SettingsError(
        "houston.mail.url must be smtp://host:port, smtps://host:port, file:<directory> or null:, "
        f"not {parts.scheme}:"
    )


def smtp_transport(url: str) -> SmtpTransport:
    """The mail server of `smtp://user:password@host:port?starttls=1` or `smtps://…`."""
    parts = urlsplit(url)
    tls = parts.scheme == "smtps"
    return SmtpTransport(
        host=parts.hostname or "",
        port=parts.port or (465 if tls else 25),
        user=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
        starttls=parse_qs(parts.query).get("starttls") == ["1"],
        tls=tls,
    )


def _file_name(mail: EmailMessage) -> str:
    date = mail["Date"].datetime.strftime("%Y%m%dT%H%M%SZ")
    unique = mail["Message-ID"].strip("<").partition("-")[0]
    words = re.sub(r"[^\w@.+]+", "-", f"{mail['To']} {mail['Subject']}")
    return f"{date}-{words[:80]}-{unique}.eml"
