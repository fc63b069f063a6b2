"""Mail: a job renders a template with its values, and delivers the message.

A message has a subject, a text and an HTML part, from three templates of one name. As a job sends
it, it leaves only after the commit of its cause, and is tried again while the mail server is
unreachable. The values often contain a secret code: the job is declared secret, which erases them
when it has ended. A module may set the branding: the sender, the transport, the default language
and further values of all templates.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, NamedTuple
from uuid import UUID

from pyramid.config import Configurator

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.jobs import JobContext, Jobs
from houston.core.mail.templates import Templates
from houston.core.mail.transports import Transport, make_transport
from houston.core.services import Services, services_of
from houston.core.settings import Settings, SettingsError

MAX_LINE = 998
"""The characters of a line without its end (RFC 5322 section 2.1.1)."""


class MailBranding(NamedTuple):
    """The common properties of all mail of a site; None stands for that of the settings.

    Attributes:
        sender: The address that mail is from.
        transport: The way in which mail is delivered.
        language: The language of recipients whose own is not known.
        values: Values for all templates.
    """

    sender: Address | None = None
    transport: Transport | None = None
    language: str | None = None
    values: Mapping[str, Any] = {}


MailBrandingOf = Callable[[Services, Session], MailBranding]


@dataclass(frozen=True)
class Message:
    """A message to one recipient: `to` is an address without a name, `subject` is one line."""

    to: str
    subject: str
    text: str
    html: str


class Mailer:
    """Sends the mail of one application; `branding_of` is called before each delivery."""

    def __init__(
        self, jobs: Jobs, sender: Address, transport: Transport, base_url: str = ""
    ) -> None:
        self._jobs = jobs
        self.sender = sender
        self.transport = transport
        self.templates = Templates(base_url)
        self.branding_of: MailBrandingOf = lambda _services, _db: MailBranding()

    def send(
        self,
        db: Session,
        *,
        to: str,
        template: str,
        values: Mapping[str, Any],
        language: str | None = None,
        owner: UUID | None = None,
    ) -> UUID:
        """Send a message when the transaction has committed; returns the guid of its job.

        Args:
            db: The session of the transaction.
            to: The address of the recipient.
            template: The name of the three templates.
            values: The values of the templates, as JSON can hold them.
            language: The language of the recipient.
            owner: The guid of the account that the job is for.
        """
        arguments = {"to": to, "template": template, "values": dict(values), "language": language}
        return self._jobs.enqueue(db, "mail.send", arguments, owner=owner)

    def render(
        self, to: str, name: str, language: str | None, values: Mapping[str, Any]
    ) -> Message:
        """Fill the templates of `name`; see `Templates.render`."""
        subject, text, html = self.templates.render(name, language, values)
        return Message(to, " ".join(subject.split()), text, html)


def compose(message: Message, sender: Address, guid: UUID) -> EmailMessage:
    """The message in the form of RFC 5322; its Message-ID is the guid of the job, at each attempt.

    Raises:
        ValueError: The recipient is not exactly one address.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = _recipient(message.to)
    mail["Subject"] = message.subject
    mail["Date"] = utc_now()
    mail["Message-ID"] = f"<{guid}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
    mail.set_content(message.text, cte=_transfer_encoding(message.text))
    mail.add_alternative(message.html, subtype="html", cte=_transfer_encoding(message.html))
    return mail


def _recipient(text: str) -> Address:
    local, _, domain = text.rpartition("@")
    if not local or not domain:
        raise ValueError("a recipient is an address with a domain")
    return Address(addr_spec=f"{local}@{domain.encode('idna').decode('ascii')}")


def _transfer_encoding(body: str) -> str:
    # The library alone would break long links into pieces, as quoted-printable.
    plain = body.isascii() and all(len(line) <= MAX_LINE for line in body.splitlines())
    return "7bit" if plain else "quoted-printable"


def _deliver(
    context: JobContext, to: str, template: str, values: dict[str, Any], language: str | None
) -> None:
    mailer = context.services[Mailer]
    head = mailer.branding_of(context.services, context.db)
    # A mail server may be slow: this ends the transaction before.
    context.set_progress(50)
    message = mailer.render(to, template, language or head.language, {**values, **head.values})
    mail = compose(message, head.sender or mailer.sender, context.claim.guid)
    (head.transport or mailer.transport).deliver(mail)


def parse_sender(text: str) -> Address:
    """The address that mail is from, in a text that must be exactly one."""
    header = SMTP.header_factory("From", text)
    if header.defects or len(header.addresses) != 1 or not header.addresses[0].domain:
        raise SettingsError("houston.mail.sender must be one address, with or without a name")
    address: Address = header.addresses[0]
    return address


def is_address(text: str) -> bool:
    """Return whether a text is one address without a name."""
    header = SMTP.header_factory("From", text)
    return not header.defects and [each.addr_spec for each in header.addresses] == [text]


def _set_mail_branding(config: Configurator, branding_of: MailBrandingOf) -> None:
    """`config.set_mail_branding(function)`: brand all mail by `function(services, db)`."""
    mailer = services_of(config)[Mailer]
    config.action("houston.mail_branding", setattr, (mailer, "branding_of", branding_of))


def _add_mail_templates(config: Configurator, package: str, directory: str) -> None:
    """`config.add_mail_templates("houston.modules.users", "mail")`: templates of that directory."""
    mailer = services_of(config)[Mailer]
    discriminator = ("houston.mail", package, directory)
    config.action(discriminator, mailer.templates.add, args=(package, directory))


def includeme(config: Configurator) -> None:
    """Give the application its mailer and the job that uses it."""
    config.include("houston.core.jobs")
    services = services_of(config)
    settings = services[Settings]
    transport = make_transport(settings["houston.mail.url"])
    sender = parse_sender(settings["houston.mail.sender"])
    services.add(Mailer(services[Jobs], sender, transport, settings["houston.base_url"]))
    config.add_directive("add_mail_templates", _add_mail_templates)
    config.add_directive("set_mail_branding", _set_mail_branding)
    config.add_job("mail.send", _deliver, max_attempts=8, secret=True, urgent=True)
