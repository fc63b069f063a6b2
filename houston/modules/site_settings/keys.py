"""The keys that site settings declare themselves, and the texts of a new site.

Other modules declare theirs by `config.add_site_setting(Key(...))`. A change of several keys is
checked in the order of their declaration: those that others refer to come before them.
"""

from collections.abc import Callable, Iterable, Mapping
from email.headerregistry import Address
from typing import Any

from houston.core.mail import parse_sender
from houston.core.schema.nodes import Boolean, Field, Integer, Text
from houston.core.services import Services
from houston.core.settings import Settings
from houston.modules.image_analysis.interface import ImageAnalysis
from houston.modules.site_settings import checks
from houston.modules.site_settings.messages import DEFAULT, NOT_A_CHOICE, SCALAR
from houston.modules.site_settings.nodes import (
    Color,
    Line,
    Link,
    OptionalChoice,
    Secret,
    SenderAddress,
    Texts,
    UploadedFileSchema,
)
from houston.modules.site_settings.registry import Key, Visibility
from houston.modules.site_settings.structured import (
    CATEGORIES_TEMPLATES,
    DEFINITIONS_TEMPLATES,
    NAMES_TEMPLATES,
    NOUNS,
    REGIONS_TEMPLATES,
    ROLES_TEMPLATES,
    SPECIES_TEMPLATES,
    TYPES_TEMPLATES,
    Categories,
    CustomFieldDefinitionsSchema,
    GroupRoles,
    NamingSchemes,
    RegionTreeSchema,
    RelationshipTypes,
    SpeciesList,
)

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
    return Key(name, Text(), default, display_type="longstring", field_type="string")


def link(name: str, default: str | None = None) -> Key:
    """A public link."""
    return Key(name, Link(), default, field_type="url")


def uploaded(name: str, *mime_types: str) -> Key:
    """The key of a public file of one of some types."""
    return Key(name, UploadedFileSchema(*mime_types), templates={DEFAULT: BY_TRANSACTION})


def select(
    name: str, choices: Iterable[tuple[str, str]], default: str | None, published_default: str
) -> Key:
    """A private choice, by the labels and the values of the choices."""
    values = [value for _, value in choices if value]
    return private(
        name,
        OptionalChoice(*values),
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
    Key("site.name", Text(), "<your site name>", schema=PANEL),
    Key("site.private", Boolean(), True, display_type="boolean", schema=PANEL),
    Key("site.needsSetup", Boolean(), True, display_type="boolean", schema={"hidden": True}),
    long_text("site.general.description", DESCRIPTION),
    Key("site.general.tagline", Text(), TAGLINE),
    long_text("site.general.taglineSubtitle", SUBTITLE),
    link("site.general.donationButtonUrl"),
    long_text("site.general.helpDescription", HELP),
    long_text("site.general.customCardButtonText", "Take action"),
    link("site.general.customCardButtonUrl", "Take action"),
    long_text("site.general.customCardLine1", CARD_LINE),
    long_text("site.general.customCardLine2", CARD_LINE),
    link("site.general.photoGuidelinesUrl"),
    Key("site.look.themeColor", Color(), "#68F6E5", display_type="color", schema={}),
    Key("site.look.logoIncludesSiteName", Boolean(), False, display_type="boolean"),
    link("site.links.facebookLink"),
    link("site.links.instagramLink"),
    link("site.links.twitterLink"),
    Key("preferred_language", Text(), "en_us"),
    uploaded("logo", *PICTURES),
    uploaded("splashImage", *PICTURES),
    uploaded("splashVideo", "video/mp4", "video/webm"),
    uploaded("customCardImage", *PICTURES),
)

STRUCTURED = (
    Key(
        checks.SPECIES,
        SpeciesList(),
        display_type="taxonomy",
        check=checks.check_species,
        suggestions_of=lambda services: services[ImageAnalysis].catalogue.known_species(),
        templates=SPECIES_TEMPLATES,
    ),
    Key(
        checks.NAMES,
        NamingSchemes(),
        display_type="autogenerated-names",
        field_type="json",
        required=False,
        check=checks.check_names,
        published=with_next_values,
        templates=NAMES_TEMPLATES,
    ),
    Key(
        checks.REGIONS,
        RegionTreeSchema(),
        display_type="locationIds",
        check=checks.check_regions,
        templates=REGIONS_TEMPLATES,
    ),
    Key(
        checks.CATEGORIES,
        Categories(),
        display_type="categoryList",
        check=checks.check_categories,
        context="customFieldCategories",
        templates=CATEGORIES_TEMPLATES,
    ),
    *(
        Key(
            checks.fields_key(noun),
            CustomFieldDefinitionsSchema(),
            display_type="customFields",
            check=checks.definitions_check(noun),
            context=f"customFields.{noun}",
            templates=DEFINITIONS_TEMPLATES,
        )
        for noun in NOUNS
    ),
    Key(
        "relationship_type_roles",
        RelationshipTypes(),
        display_type="relationship-type-role",
        field_type="json",
        required=False,
        templates=TYPES_TEMPLATES,
    ),
    Key("social_group_roles", GroupRoles(), templates=ROLES_TEMPLATES),
)

IDENTIFIERS = (
    Key("system_guid", Text(), read_only=True),
    Key("googleMapsApiKey", Text()),
    Key(
        "sentryDsn",
        Text(),
        default_of=setting("houston.sentry_dsn"),
        read_only=True,
    ),
    Key("flatfileKey", Text(), visibility=Visibility.SIGNED_IN),
    Key(
        "recaptchaPublicKey",
        Text(),
        default_of=setting("houston.recaptcha.public_key"),
    ),
)

PRIVATE = (
    select("email_service", SERVICES, default="", published_default=""),
    private("email_service_username", Text()),
    private("email_service_password", Secret()),
    private(
        "email_default_sender_email",
        SenderAddress(),
        default_of=lambda services: sender(services).addr_spec,
    ),
    private(
        "email_default_sender_name",
        Line(),
        default_of=lambda services: sender(services).display_name,
    ),
    private("email_header_image_url", Link()),
    private("email_title_greeting", Text(), "Hello!"),
    private("email_secondary_title", Text(), "Codex for everyone!"),
    private("email_secondary_text", Texts(), SECONDARY),
    private("email_adoption_button_text", Text(), ADOPTION),
    private("email_legal_statement", Text(), LEGAL),
    private("transloaditKey", Text()),
    private("transloaditTemplateId", Text()),
    private("transloaditService", Text()),
    private(
        "recaptchaSecretKey",
        Secret(),
        default_of=setting("houston.recaptcha.secret"),
    ),
    private("individualMergeDefaultDelayDays", Integer(0, 3650), 14),
    private(f"{BOT}enabled", Boolean(), False, display_type="boolean", published_default=False),
    private(f"{BOT}consumer_key", Text()),
    private(f"{BOT}consumer_secret", Secret()),
    private(f"{BOT}access_token", Secret()),
    private(f"{BOT}access_token_secret", Secret()),
    private(f"{BOT}bearer_token", Secret()),
    select(f"{BOT}polling_interval", INTERVALS, default=None, published_default="30"),
)

KEYS: tuple[Key, ...] = (*SITE, *STRUCTURED, *IDENTIFIERS, *PRIVATE)
