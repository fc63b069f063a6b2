"""The settings as other modules, mail and clients read them, and public information."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from email.headerregistry import Address
from importlib.metadata import version
from threading import Condition
from typing import Any

from cachetools import TTLCache, cached

from houston.core.db.session import Session
from houston.core.errors import BadRequest
from houston.core.mail import MailBranding
from houston.core.mail.transports import SmtpTransport
from houston.core.security.recaptcha import Recaptcha
from houston.core.services import Services
from houston.core.settings import Settings
from houston.core.values import quoted
from houston.modules.fileuploads.models import FileReference
from houston.modules.image_analysis.interface import Analyst, ImageAnalysis
from houston.modules.site_settings.custom_fields import CustomFields
from houston.modules.site_settings.registry import IMAGES, Key, Region, SettingsRegistry, Visibility

VERSION = version("houston")
BRANDING = {
    "site_name": "site.name",
    "header_image_url": "email_header_image_url",
    "greeting": "email_title_greeting",
    "secondary_title": "email_secondary_title",
    "secondary_text": "email_secondary_text",
    "adoption": "email_adoption_button_text",
    "donation_url": "site.general.donationButtonUrl",
    "legal_statement": "email_legal_statement",
}
"""The keys of the texts of mail, by the names that templates use."""
LINKS = {
    "Facebook": "site.links.facebookLink",
    "Instagram": "site.links.instagramLink",
    "Twitter": "site.links.twitterLink",
}


def value(services: Services, db: Session, key: str) -> Any:
    """The value of a key, be it secret or not."""
    return services[SettingsRegistry].read(db)[key]


def known_regions(services: Services, db: Session) -> Mapping[str, Region]:
    """The regions of the site by their ids in lower case, with placeholders."""
    return services[SettingsRegistry].read(db).regions


def known_species(services: Services, db: Session) -> Mapping[str, Mapping[str, Any]]:
    """The species of the site by their ids in lower case, as they are stored."""
    return services[SettingsRegistry].read(db).species


def custom_fields(services: Services, db: Session, noun: str) -> CustomFields:
    """The checker of the custom fields of a `Sighting`, an `Encounter` or an `Individual`."""
    return CustomFields(services, db, noun)


def exists(services: Services, db: Session, kind: str, guid: str) -> bool:
    """Whether there is an object of a kind, by the check of the module that has them, if any."""
    check = services[SettingsRegistry].references.get(kind)
    return check is not None and check(db, guid)


def recaptcha(services: Services, db: Session) -> Recaptcha:
    """The reCAPTCHA of the site."""
    registry = services[SettingsRegistry]
    values = registry.read(db)
    public_key, secret = values["recaptchaPublicKey"], values["recaptchaSecretKey"]
    return Recaptcha(public_key or "", secret or "", registry.recaptcha_url)


def mail_branding(services: Services, db: Session) -> MailBranding:
    """The sender, the transport, the language and the texts of all mail."""
    registry = services[SettingsRegistry]
    values = registry.read(db)
    branding: dict[str, Any] = {name: values[key] for name, key in BRANDING.items()}
    branding["links"] = {name: values[key] for name, key in LINKS.items() if values[key]}
    name, address = values["email_default_sender_name"], values["email_default_sender_email"]
    return MailBranding(
        sender=Address(name or "", addr_spec=address),
        transport=_with_account(registry.mandrill, values),
        language=values["preferred_language"],
        values={"branding": branding},
    )


def _with_account(mandrill: SmtpTransport, values: Mapping[str, Any]) -> SmtpTransport | None:
    """The mail server of Mandrill, if the site has an account there."""
    user, password = values["email_service_username"], values["email_service_password"]
    if values["email_service"] != "mailchimp" or not user or not password:
        return None
    return replace(mandrill, user=user, password=password)


def all_settings(services: Services, db: Session, audience: Visibility) -> dict[str, Any]:
    """The entry of each key and the flags of the site, as an audience is shown them."""
    registry = services[SettingsRegistry]
    values = registry.read(db)
    images = {name: FileReference(guid).src for name, guid in values.files.items()}
    published = {
        name: publish(services, db, values[name])
        for name, publish in registry.publications.items()
        if values[name]
    }
    shown = {**values, **published}
    entries = {
        name: _entry(registry.keys[name], described, shown, audience)
        for name, described in registry.descriptions.items()
    }
    return {**entries, IMAGES: images, **values.flags}


def _entry(
    key: Key, described: Mapping[str, Any], values: Mapping[str, Any], audience: Visibility
) -> Mapping[str, Any]:
    if key.is_file:
        return described
    if audience < key.visibility:
        return {**described, "canView": False}
    value = values[key.name]
    if key.is_secret:
        return {**described, "canView": True, "value": None, "isSet": bool(value)}
    return {**described, "canView": True, "value": value}


def single(services: Services, db: Session, key: Key, audience: Visibility) -> dict[str, Any]:
    """One setting; its value is None for an audience that is not shown it."""
    shown = value(services, db, key.name) if key.is_shown_to(audience) else None
    return {"key": key.name, "public": key.visibility is Visibility.PUBLIC, "value": shown}


def release(services: Services) -> dict[str, str]:
    """The running release, and the revision of its source."""
    return {"version": VERSION, "git_version": services[Settings]["houston.revision"]}


def site_info(services: Services, *, with_address: bool) -> dict[str, Any]:
    """The running release and the image analysis, whose address is not for everybody."""
    analyst = services[ImageAnalysis].analyst
    address = analyst.address if with_address else ""
    sage = {"version": _version_of(analyst), "uri": address}
    return {"houston": release(services), "sage": sage}


@cached(TTLCache[Any, str | None](maxsize=1, ttl=60), condition=Condition())
def _version_of(analyst: Analyst) -> str | None:
    """The version of the image analysis, asked for once a minute: the request may take seconds."""
    return analyst.version()


def public_counts(services: Services, db: Session) -> Mapping[str, int]:
    """The numbers of objects that the enabled modules count, and 0 for all others."""
    counts = services[SettingsRegistry].counts
    return Counter({name: count(db) for name, count in counts.items()})


def test_agent(services: Services, db: Session, name: str) -> dict[str, Any]:
    """Test an agent that acts on behalf of the site, of which this server has none.

    The web client tests the bot whenever it saves settings, and shows any error as one of these.

    Raises:
        BadRequest: There is no such agent.
    """
    agent = name.removeprefix("intelligent_agent_")
    if agent == name:
        raise BadRequest("Invalid test")
    if agent != "twitterbot":
        raise BadRequest(f"Invalid Agent class {quoted(agent)}")
    is_enabled = value(services, db, f"{name}_enabled")
    return {"success": False, "message": "Not ready." if is_enabled else "Not enabled."}
