"""What all mail of the site has in common, by its `email_` settings."""

from dataclasses import replace
from email.headerregistry import Address
from typing import Any

from houston.core.db.session import Session
from houston.core.mail import MailBranding
from houston.core.mail.transports import SmtpTransport
from houston.core.services import Services
from houston.modules.site_settings.registered import Registered
from houston.modules.site_settings.snapshot import snapshot

WORDS = {
    "site_name": "site.name",
    "header_image_url": "email_header_image_url",
    "greeting": "email_title_greeting",
    "secondary_title": "email_secondary_title",
    "secondary_text": "email_secondary_text",
    "adoption": "email_adoption_button_text",
    "donation_url": "site.general.donationButtonUrl",
    "legal_statement": "email_legal_statement",
}
"""What the templates of the letter find, by the keys that say it."""
LINKS = {
    "Facebook": "site.links.facebookLink",
    "Instagram": "site.links.instagramLink",
    "Twitter": "site.links.twitterLink",
}


def letterhead(services: Services, db: Session) -> MailBranding:
    """Who mail is from, who takes it, and what is around its text."""
    value = snapshot(services, db).value
    name, address = value("email_default_sender_name"), value("email_default_sender_email")
    letter: dict[str, Any] = {word: value(key) for word, key in WORDS.items()}
    letter["links"] = {name: value(key) for name, key in LINKS.items() if value(key)}
    return MailBranding(
        sender=Address(name or "", addr_spec=address),
        transport=_mail_service(services, db),
        language=value("preferred_language"),
        values={"letter": letter},
    )


def _mail_service(services: Services, db: Session) -> SmtpTransport | None:
    """Mandrill, where the site has an account with it."""
    value = snapshot(services, db).value
    user, password = value("email_service_username"), value("email_service_password")
    if value("email_service") != "mailchimp" or not user or not password:
        return None
    return replace(services[Registered].mandrill, user=user, password=password)
