"""The mails that the application has sent."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path


@dataclass(frozen=True)
class Received:
    """A received mail."""

    sender: str
    to: str
    subject: str
    text: str
    html: str

    @property
    def code(self) -> str:
        """Return the code in the mail."""
        found = re.search(r"[0-9A-F]{64}", self.text)
        assert found is not None, self.text
        return found[0]


class Mailbox:
    """The folder of the mails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def messages(self) -> list[Received]:
        """Return all mails, oldest first."""
        return [_read(file) for file in sorted(self._folder.glob("*.eml"), key=_written)]

    def only(self, to: str) -> Received:
        """Return the only mail, which must be to this address."""
        (received,) = self.messages()
        assert received.to == to
        return received

    def empty(self) -> None:
        """Delete all mails."""
        for file in self._folder.glob("*.eml"):
            file.unlink()


def _written(file: Path) -> int:
    return file.stat().st_mtime_ns


def _read(file: Path) -> Received:
    mail = message_from_bytes(file.read_bytes().replace(b"\r\n", b"\n"), policy=policy.default)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    headers = (str(mail[name]) for name in ("From", "To", "Subject"))
    return Received(*headers, text.get_content(), html.get_content())
