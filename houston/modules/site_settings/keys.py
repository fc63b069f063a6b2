"""The keys that site settings declare themselves, and the texts of a new site.

Other modules declare theirs by `config.add_site_setting(Key(...))`. A change of several keys is
checked in the order of their declaration: those that others refer to come before them.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from colander import Function, Regex

from houston.core.addresses import is_address
from houston.core.mail import Mailer
from houston.core.schema.nodes import (
    Boolean,
    Choice,
    Field,
    Line,
    Link,
    ListOf,
    Password,
    Text,
)
from houston.core.services import Services
from houston.core.settings import Settings
from houston.modules.image_analysis.interface import ImageAnalysis
from houston.modules.site_settings import checks, messages, structured
from houston.modules.site_settings.registry import (
    NAME,
    UNNAMED,
    Key,
    UploadedFileSchema,
    Visibility,
)

DESCRIPTION = (
    f"Researchers and citizen scientists use {UNNAMED} to identify and track individual "
    "<your species here> by photographs."
)
HELP = (
    f"{UNNAMED} relies on the sightings that people like you report. "
    "Help us by sharing your photographs, or with a donation."
)
CARD_LINE = "Set up your custom card in the site configuration menu."
SECONDARY = [
    "Every photograph of an animal helps researchers to know it again.",
    "Thank you for being a part of it.",
]
LEGAL = "The photographs on this site belong to those who took them."

BOT = "intelligent_agent_twitterbot_"
BY_TRANSACTION = "The File API should only be used for manipulating files via a transactionId"
PANEL = {"panel": True}
PICTURES = ("image/jpeg", "image/png")
SERVICES = (("Do not send mail", ""), ("Mailchimp/Mandrill", "mailchimp"))
INTERVALS = (
    ("30 seconds", "30"),
    ("1 minute", "60"),
    ("3 minutes", "180"),
    ("10 minutes", "600"),
    ("1 hour", "3600"),
)


FLAG = Boolean(description="True or false.")
TEXT = Text(description="Text.")
TEXTS = ListOf(Text(), max_items=100, description="A list of texts.")
SECRET = Password(0, 10_000, description="A secret text.")
COLOR = Text(
    validators=[Regex(r"^(?:#[0-9a-fA-F]{6})?\Z", "Must be a colour such as #8176B1.")],
    description="A colour: # and six hexadecimal digits.",
)
LINE = Line(max=Text.longest, description="A line of text.")
LINK = Link(description="The address of a web page.")
SENDER = Text(
    validators=[Function(is_address, "Must be an email address.")],
    description="An e-mail address.",
)


def private(name: str, node: Field, default: Any = None, **declared: Any) -> Key:
    """A key whose value only administrators are shown, or nobody where it is secret."""
    return Key(name, node, default, Visibility.PRIVATE, **declared)


def flag(name: str, default: bool, **declared: Any) -> Key:
    """A public flag."""
    return Key(name, FLAG, default, display_type="boolean", **declared)


def long_text(name: str, default: str) -> Key:
    """A public text of several lines."""
    return Key(name, TEXT, default, display_type="longstring", field_type="string")


def link(name: str, default: str | None = None) -> Key:
    """A public link."""
    return Key(name, LINK, default, field_type="url")


def uploaded(name: str, *mime_types: str) -> Key:
    """The key of a public file of one of some types."""
    node = UploadedFileSchema(*mime_types)
    return Key(name, node, templates={messages.DEFAULT: BY_TRANSACTION})


def select(
    name: str, choices: Iterable[tuple[str, str]], default: str | None, published_default: str
) -> Key:
    """A private choice, by the labels and the values of the choices."""
    values = [value for _, value in choices if value]
    fault = f"{name} must be one of {', '.join(values)}"
    return private(
        name,
        Choice(["", *values], description="A choice."),
        default,
        display_type="select",
        schema={"choices": [{"label": label, "value": value} for label, value in choices]},
        published_default=published_default,
        templates={**messages.SCALAR, messages.NOT_A_CHOICE: fault},
    )


def setting(name: str) -> Callable[[Services], Any]:
    """The function that reads a setting of the program; an empty one is none."""
    return lambda services: services[Settings][name] or None


KEYS: tuple[Key, ...] = (
    Key(NAME, LINE, UNNAMED, schema=PANEL),
    flag("site.private", True, schema=PANEL),
    flag("site.needsSetup", True, schema={"hidden": True}),
    long_text("site.general.description", DESCRIPTION),
    Key("site.general.tagline", LINE, f"Welcome to {UNNAMED}"),
    long_text("site.general.taglineSubtitle", "AI for the conservation of <your species here>."),
    link("site.general.donationButtonUrl"),
    long_text("site.general.helpDescription", HELP),
    long_text("site.general.customCardButtonText", "Take action"),
    link("site.general.customCardButtonUrl", "Take action"),
    long_text("site.general.customCardLine1", CARD_LINE),
    long_text("site.general.customCardLine2", CARD_LINE),
    link("site.general.photoGuidelinesUrl"),
    Key("site.look.themeColor", COLOR, "#8176B1", display_type="color", schema={}),
    flag("site.look.logoIncludesSiteName", False),
    link("site.links.facebookLink"),
    link("site.links.instagramLink"),
    link("site.links.twitterLink"),
    Key("preferred_language", LINE, "en_us"),
    uploaded("logo", *PICTURES),
    uploaded("splashImage", *PICTURES),
    uploaded("splashVideo", "video/mp4", "video/webm"),
    uploaded("customCardImage", *PICTURES),
    Key(
        checks.SPECIES,
        structured.SPECIES,
        [],
        display_type="taxonomy",
        check=checks.check_species,
        suggestions_of=lambda services: services[ImageAnalysis].catalogue.known_species(),
        templates=messages.SPECIES,
    ),
    Key(
        checks.NAMES,
        structured.NAMING_SCHEMES,
        {},
        display_type="autogenerated-names",
        field_type="json",
        required=False,
        check=checks.check_names,
        templates=messages.NAMES,
    ),
    Key(
        checks.REGIONS,
        structured.REGION_TREE,
        {},
        display_type="locationIds",
        check=checks.check_regions,
        templates=messages.REGIONS,
    ),
    Key(
        checks.CATEGORIES,
        structured.CATEGORIES,
        [],
        display_type="categoryList",
        check=checks.check_categories,
        context="customFieldCategories",
        templates=messages.CATEGORIES,
    ),
    *(
        Key(
            structured.FIELDS + noun,
            structured.CustomFieldDefinitionsSchema(),
            {},
            display_type="customFields",
            check=partial(checks.check_definitions, noun),
            context=f"customFields.{noun}",
            templates=messages.DEFINITIONS,
        )
        for noun in structured.NOUNS
    ),
    Key(
        checks.RELATIONSHIPS,
        structured.RELATIONSHIP_TYPES,
        {},
        display_type="relationship-type-role",
        field_type="json",
        required=False,
        check=checks.check_relationship_types,
        templates=messages.RELATIONSHIPS,
    ),
    Key("social_group_roles", structured.GROUP_ROLES, [], templates=messages.ROLES),
    Key("system_guid", TEXT, read_only=True),
    Key("googleMapsApiKey", TEXT),
    Key("sentryDsn", TEXT, setting("houston.sentry_dsn"), read_only=True),
    Key("flatfileKey", TEXT, visibility=Visibility.SIGNED_IN),
    Key("recaptchaPublicKey", TEXT, setting("houston.recaptcha.public_key")),
    select("email_service", SERVICES, default="", published_default=""),
    private("email_service_username", TEXT),
    private("email_service_password", SECRET),
    private("email_default_sender_email", SENDER, lambda parts: parts[Mailer].sender.addr_spec),
    private("email_default_sender_name", LINE, lambda parts: parts[Mailer].sender.display_name),
    private("email_header_image_url", LINK),
    private("email_title_greeting", LINE, "Hello!"),
    private("email_secondary_title", LINE, "Codex for everyone!"),
    private("email_secondary_text", TEXTS, SECONDARY),
    private("email_adoption_button_text", LINE, "Adopt an animal"),
    private("email_legal_statement", TEXT, LEGAL),
    private("transloaditKey", TEXT),
    private("transloaditTemplateId", TEXT),
    private("transloaditService", TEXT),
    private("recaptchaSecretKey", SECRET, setting("houston.recaptcha.secret")),
    private(f"{BOT}enabled", FLAG, False, display_type="boolean", published_default=False),
    private(f"{BOT}consumer_key", TEXT),
    private(f"{BOT}consumer_secret", SECRET),
    private(f"{BOT}access_token", SECRET),
    private(f"{BOT}access_token_secret", SECRET),
    private(f"{BOT}bearer_token", SECRET),
    select(f"{BOT}polling_interval", INTERVALS, default=None, published_default="30"),
)
