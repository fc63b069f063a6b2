"""Mail: a template and its values go into a job, the job renders and delivers.

A message has a subject, a text and an HTML part, from three templates of one name. It is sent
by a job, so it leaves only when what it tells of is committed, and it is tried again when the
mail server is away. The values often hold a secret code: the job is declared secret, which erases
them from the table when it is over. A letterhead, which a module may set, says who mail is from,
by what way it leaves, in which language it is, and what else its templates find.
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

LONGEST_LINE = 998  # RFC 5322 section 2.1.1, without the line's end


class MailBranding(NamedTuple):
    """What all mail of a site has in common; None is as the settings say.

    `language` is that of recipients of whom none is known. `values` are found by every template,
    whatever it is given.
    """

    sender: Address | None = None
    transport: Transport | None = None
    language: str | None = None
    values: Mapping[str, Any] = {}


MailBrandingOf = Callable[[Services, Session], MailBranding]


@dataclass(frozen=True)
class Message:
    """A mail to one recipient: `to` is a bare address, the subject is one line."""

    to: str
    subject: str
    text: str
    html: str


class Mailer:
    """The templates, the sender and the transport of one application.

    Templates begin their links with `base_url`. `branding_of` is asked before each delivery.
    """

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
        """Send a mail when the transaction has committed; the values are what JSON can hold.

        Returns:
            The guid of the job that sends it.
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
    """The message as RFC 5322 has it; sent twice, it keeps its Message-ID, which is the job's guid.

    Raises ValueError for a recipient that is not exactly one address.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = _recipient(message.to)
    mail["Subject"] = message.subject
    mail["Date"] = utc_now()
    mail["Message-ID"] = f"<{guid}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office notes stay away
    mail.set_content(message.text, cte=_transfer_encoding(message.text))
    mail.add_alternative(message.html, subtype="html", cte=_transfer_encoding(message.html))
    return mail


def _recipient(text: str) -> Address:
    local, _, domain = text.rpartition("@")
    if not local or not domain:
        raise ValueError("a recipient is an address with a domain")
    return Address(addr_spec=f"{local}@{domain.encode('idna').decode('ascii')}")


def _transfer_encoding(body: str) -> str:
    # Left to itself, the library would break a long link into pieces as quoted-printable.
    plain = body.isascii() and all(len(line) <= LONGEST_LINE for line in body.splitlines())
    return "7bit" if plain else "quoted-printable"


def _deliver(
    context: JobContext, to: str, template: str, values: dict[str, Any], language: str | None
) -> None:
    mailer = context.services[Mailer]
    head = mailer.branding_of(context.services, context.db)
    # A mail server may take its time: this ends the transaction before.
    context.set_progress(50)
    message = mailer.render(to, template, language or head.language, {**values, **head.values})
    mail = compose(message, head.sender or mailer.sender, context.claim.guid)
    (head.transport or mailer.transport).deliver(mail)


def parse_sender(text: str) -> Address:
    """The address that mail is from; raises SettingsError unless it is exactly one."""
    header = SMTP.header_factory("From", text)
    if header.defects or len(header.addresses) != 1 or not header.addresses[0].domain:
        raise SettingsError("houston.mail.sender must be one address, with or without a name")
    address: Address = header.addresses[0]
    return address


def is_address(text: str) -> bool:
    """Whether mail can be from this: an address without a name."""
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
