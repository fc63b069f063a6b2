"""The branding of all mail of the site, by its settings."""

from dataclasses import replace
from email.headerregistry import Address
from typing import Any

from houston.core.db.session import Session
from houston.core.mail import MailBranding
from houston.core.mail.transports import SmtpTransport
from houston.core.services import Services
from houston.modules.site_settings.registry import SettingsRegistry
from houston.modules.site_settings.values import SettingValues, read_values

TEXTS = {
    "site_name": "site.name",
    "header_image_url": "email_header_image_url",
    "greeting": "email_title_greeting",
    "secondary_title": "email_secondary_title",
    "secondary_text": "email_secondary_text",
    "adoption": "email_adoption_button_text",
    "donation_url": "site.general.donationButtonUrl",
    "legal_statement": "email_legal_statement",
}
"""The keys of the texts, by the names that templates use."""
LINKS = {
    "Facebook": "site.links.facebookLink",
    "Instagram": "site.links.instagramLink",
    "Twitter": "site.links.twitterLink",
}


def mail_branding(services: Services, db: Session) -> MailBranding:
    """The sender, the transport, the language and the texts of all mail."""
    values = read_values(services, db)
    branding: dict[str, Any] = {name: values[key] for name, key in TEXTS.items()}
    branding["links"] = {name: values[key] for name, key in LINKS.items() if values[key]}
    return MailBranding(
        sender=Address(
            values["email_default_sender_name"] or "",
            addr_spec=values["email_default_sender_email"],
        ),
        transport=_transport(services, values),
        language=values["preferred_language"],
        values={"branding": branding},
    )


def _transport(services: Services, values: SettingValues) -> SmtpTransport | None:
    """The mail server of Mandrill, if the site has an account there."""
    user, password = values["email_service_username"], values["email_service_password"]
    if values["email_service"] != "mailchimp" or not user or not password:
        return None
    return replace(services[SettingsRegistry].mandrill, user=user, password=password)
