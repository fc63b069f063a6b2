"""Mail: a job renders a template with its values, and delivers the message.

A message has a subject, a text and an HTML part, from three templates of one name. As a job sends
it, it leaves only after the commit of its cause, and is tried again while the mail server is
unreachable. The values often contain a secret code: the job is declared secret, which erases them
when it has ended. Nobody gets, or causes, more mail than the limits allow. A module may set the
branding: the sender, the transport, the default language and further values of all templates.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, NamedTuple
from uuid import UUID

from limits.errors import StorageError
from pyramid.config import Configurator

from houston.core.addresses import in_ascii, is_address
from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.errors import TooManyRequests
from houston.core.jobs import JobContext, Jobs
from houston.core.mail.templates import Templates
from houston.core.mail.transports import NullTransport, Transport, make_transport
from houston.core.security.rate_limits import RateLimit, RateLimits
from houston.core.security.secrets import digest_of
from houston.core.services import Services, services_of
from houston.core.settings import Settings, SettingsError

log = logging.getLogger(__name__)

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


@dataclass(frozen=True)
class MailLimits:
    """The limits of mail: to one recipient by one template, and by one user or visitor."""

    recipient: RateLimit
    sender: RateLimit

    def counts(self, db: Session, to: str, template: str) -> Iterator[tuple[RateLimit, str]]:
        """The counts of a mail that the caller of a session causes, each with its key."""
        yield self.recipient, f"{template} {digest_of(to.casefold())}"
        if db.actor.guid or db.actor.address:
            yield self.sender, str(db.actor.guid or db.actor.address)


class Mailer:
    """Sends the mail of one application; `branding_of` is called before each delivery."""

    def __init__(
        self,
        jobs: Jobs,
        limits: MailLimits,
        sender: Address,
        transport: Transport,
        base_url: str = "",
    ) -> None:
        self._jobs, self._limits = jobs, limits
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
    ) -> UUID | None:
        """Send a message when the transaction has committed; returns the guid of its job.

        A message beyond the limits is dropped: it does not prevent what it tells of.

        Args:
            db: The session of the transaction.
            to: The address of the recipient.
            template: The name of the three templates.
            values: The values of the templates, as JSON can hold them.
            language: The language of the recipient.
            owner: The guid of the account that the job is for.
        """
        try:
            for limit, key in self._limits.counts(db, to, template):
                limit.hit(key)
        except TooManyRequests:
            log.warning("a mail %s is dropped, since there were too many", template)
            return None
        except StorageError as error:
            log.error("mails cannot be counted", exc_info=error)
        arguments = {"to": to, "template": template, "values": dict(values), "language": language}
        return self._jobs.enqueue(db, "mail.send", arguments, owner=owner)

    def deliver(
        self,
        branding: MailBranding,
        guid: UUID,
        to: str,
        template: str,
        values: Mapping[str, Any],
        language: str | None = None,
    ) -> None:
        """Deliver a message now, with the guid of its job; other arguments are those of `send`.

        Raises:
            OSError: The mail server, or the folder, does not take it.
        """
        filled = {**values, **branding.values}
        message = self.render(to, template, language or branding.language, filled)
        mail = compose(message, branding.sender or self.sender, guid)
        (branding.transport or self.transport).deliver(mail)

    def check_limits(self, db: Session, *, to: str, template: str) -> None:
        """Check that a message would be sent, for a caller who asks for it.

        Raises:
            TooManyRequests: There were too many to this recipient, or by this caller.
        """
        for limit, key in self._limits.counts(db, to, template):
            limit.check(key)

    def delivers(self, services: Services, db: Session) -> bool:
        """Return whether mail leaves at all."""
        transport = self.branding_of(services, db).transport or self.transport
        return not isinstance(transport, NullTransport)

    def render(
        self, to: str, name: str, language: str | None, values: Mapping[str, Any]
    ) -> Message:
        """Fill the templates of `name`; see `Templates.render`."""
        subject, text, html = self.templates.render(name, language, values)
        return Message(to, " ".join(subject.split()), text, html)


def compose(message: Message, sender: Address, guid: UUID) -> EmailMessage:
    """The message in the form of RFC 5322; its Message-ID is the guid of the job, at each attempt.

    Raises:
        ValueError: The sender or the recipient is not exactly one address.
    """
    sender = Address(sender.display_name, addr_spec=in_ascii(sender.addr_spec))
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = Address(addr_spec=in_ascii(message.to))
    mail["Subject"] = message.subject
    mail["Date"] = utc_now()
    mail["Message-ID"] = f"<{guid}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
    mail.set_content(message.text, cte=_transfer_encoding(message.text))
    mail.add_alternative(message.html, subtype="html", cte=_transfer_encoding(message.html))
    return mail


def _transfer_encoding(body: str) -> str:
    # The library alone would break long links into pieces, as quoted-printable.
    plain = body.isascii() and all(len(line) <= MAX_LINE for line in body.splitlines())
    return "7bit" if plain else "quoted-printable"


def _deliver(
    context: JobContext, to: str, template: str, values: dict[str, Any], language: str | None
) -> None:
    mailer = context.services[Mailer]
    branding = mailer.branding_of(context.services, context.db)
    # A mail server may be slow: this ends the transaction before.
    context.set_progress(50)
    mailer.deliver(branding, context.claim.guid, to, template, values, language)


def parse_sender(text: str) -> Address:
    """The address that mail is from, in a text that must be exactly one."""
    header = SMTP.header_factory("From", text)
    if header.defects or [is_address(each.addr_spec) for each in header.addresses] != [True]:
        raise SettingsError("houston.mail.sender must be one address, with or without a name")
    address: Address = header.addresses[0]
    return address


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
    config.include("houston.core.security.rate_limits")
    services = services_of(config)
    settings, make_limit = services[Settings], services[RateLimits].make
    names = "mail_recipient", "mail_sender"
    limits = MailLimits(*(make_limit(name, settings[f"houston.limits.{name}"]) for name in names))
    transport = make_transport(settings["houston.mail.url"])
    sender = parse_sender(settings["houston.mail.sender"])
    services.add(Mailer(services[Jobs], limits, sender, transport, settings["houston.base_url"]))
    config.add_directive("add_mail_templates", _add_mail_templates)
    config.add_directive("set_mail_branding", _set_mail_branding)
    config.add_job("mail.send", _deliver, max_attempts=8, secret=True, urgent=True)
