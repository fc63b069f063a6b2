"""A message, its values and its parts."""

from collections.abc import Callable
from email.headerregistry import Address
from email.message import EmailMessage
from uuid import UUID

from pyramid.config import Configurator

from houston.core.mail import Message

MakeApplication = Callable[..., Configurator]
GUID = UUID("1a2b3c4d-0000-4000-8000-000000000000")
SENDER = Address("Houston", "houston", "example.org")
VALUES = {"name": "Grévy <b>", "link": "https://example.org/reset?code=1&b=2"}


def message_to(to: str, subject: str = "Hello", text: str = "text", html: str = "html") -> Message:
    return Message(to, subject, text, html)


def parts_of(mail: EmailMessage) -> tuple[str, str]:
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()
