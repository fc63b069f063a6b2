"""The keys that site settings declare themselves, and the texts of a new site.

Other modules declare theirs by `config.add_site_setting(Key(...))`. A change of several keys is
checked in the order of their declaration: those that others refer to come before them.
"""

from collections.abc import Callable, Iterable, Mapping
from email.headerregistry import Address
from typing import Any

from houston.core.mail import parse_sender
from houston.core.schema.nodes import Boolean, Choice, Field, Integer
from houston.core.services import Services
from houston.core.settings import Settings
from houston.modules.image_analysis.interface import ImageAnalysis
from houston.modules.site_settings import changes, nodes, structured
from houston.modules.site_settings.messages import DEFAULT, NOT_A_CHOICE, SCALAR
from houston.modules.site_settings.registry import Key, Visibility

DESCRIPTION = (
    "Researchers and citizen scientists use <your site name> to identify and track individual "
    "<your species here> by photographs."
)
TAGLINE = "Welcome to <your site name>"
SUBTITLE = "AI for the conservation of <your species here>."
HELP = (
    "<your site name> relies on the sightings that people like you report. "
    "Help us by sharing your photographs, or with a donation."
)
CARD_LINE = "Set up your custom card in the site configuration menu."
SECONDARY = [
    "Every photograph of an animal helps researchers to know it again.",
    "Thank you for being a part of it.",
]
ADOPTION = "Adopt an animal"
LEGAL = "The photographs on this site belong to those who took them."

FLAG = Boolean(description="True or false.")
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


def private(name: str, node: Field, default: Any = None, **declared: Any) -> Key:
    """A key whose value only administrators are shown, or nobody where it is secret."""
    return Key(name, node, default, Visibility.PRIVATE, **declared)


def long_text(name: str, default: str) -> Key:
    """A public text of several lines."""
    return Key(name, nodes.TEXT, default, display_type="longstring", field_type="string")


def link(name: str, default: str | None = None) -> Key:
    """A public link."""
    return Key(name, nodes.LINK, default, field_type="url")


def uploaded(name: str, *mime_types: str) -> Key:
    """The key of a public file of one of some types."""
    return Key(name, nodes.UploadedFileSchema(*mime_types), templates={DEFAULT: BY_TRANSACTION})


def select(
    name: str, choices: Iterable[tuple[str, str]], default: str | None, published_default: str
) -> Key:
    """A private choice, by the labels and the values of the choices."""
    values = [value for _, value in choices if value]
    return private(
        name,
        Choice(["", *values], description="A choice."),
        default,
        display_type="select",
        schema={"choices": [{"label": label, "value": value} for label, value in choices]},
        published_default=published_default,
        templates={**SCALAR, NOT_A_CHOICE: f"{name} must be one of {', '.join(values)}"},
    )


def setting(name: str) -> Callable[[Services], Any]:
    """The function that reads a setting of the program; an empty one is none."""
    return lambda services: services[Settings][name] or None


def sender(services: Services) -> Address:
    """The sender of mail by the settings of the program."""
    return parse_sender(services[Settings]["houston.mail.sender"])


def with_next_values(schemes: Mapping[str, Any]) -> dict[str, Any]:
    """Naming schemes with their next number, which is the first: none is given yet."""
    return {guid: {**scheme, "next_value": 1} for guid, scheme in schemes.items()}


SITE = (
    Key("site.name", nodes.TEXT, "<your site name>", schema=PANEL),
    Key("site.private", FLAG, True, display_type="boolean", schema=PANEL),
    Key("site.needsSetup", FLAG, True, display_type="boolean", schema={"hidden": True}),
    long_text("site.general.description", DESCRIPTION),
    Key("site.general.tagline", nodes.TEXT, TAGLINE),
    long_text("site.general.taglineSubtitle", SUBTITLE),
    link("site.general.donationButtonUrl"),
    long_text("site.general.helpDescription", HELP),
    long_text("site.general.customCardButtonText", "Take action"),
    link("site.general.customCardButtonUrl", "Take action"),
    long_text("site.general.customCardLine1", CARD_LINE),
    long_text("site.general.customCardLine2", CARD_LINE),
    link("site.general.photoGuidelinesUrl"),
    Key("site.look.themeColor", nodes.COLOR_TEXT, "#68F6E5", display_type="color", schema={}),
    Key("site.look.logoIncludesSiteName", FLAG, False, display_type="boolean"),
    link("site.links.facebookLink"),
    link("site.links.instagramLink"),
    link("site.links.twitterLink"),
    Key("preferred_language", nodes.TEXT, "en_us"),
    uploaded("logo", *PICTURES),
    uploaded("splashImage", *PICTURES),
    uploaded("splashVideo", "video/mp4", "video/webm"),
    uploaded("customCardImage", *PICTURES),
)

STRUCTURED = (
    Key(
        changes.SPECIES,
        structured.SPECIES,
        [],
        display_type="taxonomy",
        check=changes.check_species,
        suggestions_of=lambda services: services[ImageAnalysis].catalogue.known_species(),
        templates=structured.SPECIES_TEMPLATES,
    ),
    Key(
        changes.NAMES,
        structured.NAMING_SCHEMES,
        {},
        display_type="autogenerated-names",
        field_type="json",
        required=False,
        check=changes.check_names,
        published=with_next_values,
        templates=structured.NAMES_TEMPLATES,
    ),
    Key(
        changes.REGIONS,
        structured.REGION_TREE,
        {},
        display_type="locationIds",
        check=changes.check_regions,
        templates=structured.REGIONS_TEMPLATES,
    ),
    Key(
        changes.CATEGORIES,
        structured.CATEGORIES,
        [],
        display_type="categoryList",
        check=changes.check_categories,
        context="customFieldCategories",
        templates=structured.CATEGORIES_TEMPLATES,
    ),
    *(
        Key(
            changes.fields_key(noun),
            structured.CustomFieldDefinitionsSchema(),
            {},
            display_type="customFields",
            check=changes.definitions_check(noun),
            context=f"customFields.{noun}",
            templates=structured.DEFINITIONS_TEMPLATES,
        )
        for noun in structured.NOUNS
    ),
    Key(
        "relationship_type_roles",
        structured.RELATIONSHIP_TYPES,
        {},
        display_type="relationship-type-role",
        field_type="json",
        required=False,
        templates=structured.TYPES_TEMPLATES,
    ),
    Key("social_group_roles", structured.GROUP_ROLES, [], templates=structured.ROLES_TEMPLATES),
)

IDENTIFIERS = (
    Key("system_guid", nodes.TEXT, read_only=True),
    Key("googleMapsApiKey", nodes.TEXT),
    Key(
        "sentryDsn",
        nodes.TEXT,
        default=setting("houston.sentry_dsn"),
        read_only=True,
    ),
    Key("flatfileKey", nodes.TEXT, visibility=Visibility.SIGNED_IN),
    Key(
        "recaptchaPublicKey",
        nodes.TEXT,
        default=setting("houston.recaptcha.public_key"),
    ),
)

PRIVATE = (
    select("email_service", SERVICES, default="", published_default=""),
    private("email_service_username", nodes.TEXT),
    private("email_service_password", nodes.SECRET),
    private(
        "email_default_sender_email",
        nodes.SENDER,
        default=lambda services: sender(services).addr_spec,
    ),
    private(
        "email_default_sender_name",
        nodes.LINE,
        default=lambda services: sender(services).display_name,
    ),
    private("email_header_image_url", nodes.LINK),
    private("email_title_greeting", nodes.TEXT, "Hello!"),
    private("email_secondary_title", nodes.TEXT, "Codex for everyone!"),
    private("email_secondary_text", nodes.TEXTS, SECONDARY),
    private("email_adoption_button_text", nodes.TEXT, ADOPTION),
    private("email_legal_statement", nodes.TEXT, LEGAL),
    private("transloaditKey", nodes.TEXT),
    private("transloaditTemplateId", nodes.TEXT),
    private("transloaditService", nodes.TEXT),
    private(
        "recaptchaSecretKey",
        nodes.SECRET,
        default=setting("houston.recaptcha.secret"),
    ),
    private("individualMergeDefaultDelayDays", Integer(0, 3650, description="A whole number."), 14),
    private(f"{BOT}enabled", FLAG, False, display_type="boolean", published_default=False),
    private(f"{BOT}consumer_key", nodes.TEXT),
    private(f"{BOT}consumer_secret", nodes.SECRET),
    private(f"{BOT}access_token", nodes.SECRET),
    private(f"{BOT}access_token_secret", nodes.SECRET),
    private(f"{BOT}bearer_token", nodes.SECRET),
    select(f"{BOT}polling_interval", INTERVALS, default=None, published_default="30"),
)

KEYS: tuple[Key, ...] = (*SITE, *STRUCTURED, *IDENTIFIERS, *PRIVATE)
