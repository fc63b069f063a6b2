"""The registry of one application: the keys of its settings, and what modules above register.

A transaction reads the values of all settings once, by one statement: a thousand rows of an asset
group are checked against the same regions in one request.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

from colander import Invalid, drop
from sqlalchemy import ColumnElement, Select, literal, select, true

from houston.core.db.session import Session
from houston.core.errors import Unprocessable, summary
from houston.core.mail.transports import SmtpTransport
from houston.core.schema.nodes import Field, Guid, Password, Schema, Text
from houston.core.services import Services
from houston.modules.site_settings.messages import SCALAR, Templates, messages_of
from houston.modules.site_settings.models import SiteSetting
from houston.modules.site_settings.structured import regions_in

if TYPE_CHECKING:
    from houston.modules.site_settings.changes import Change

Usage = Callable[[Session, set[str]], Mapping[str, int]]
"""The number of objects that use each of some ids; those that none uses may be left out."""
Clearing = Callable[[Session, str], None]
"""The deletion of the values that objects have of an id."""
Count = Callable[[Session], int]
ReferenceCheck = Callable[[Session, str], bool]
"""Whether there is an object of this guid, in lower case."""
Publication = Callable[[Services, Session, Any], Any]
"""The value of a key as clients get it among all settings, made of the stored one."""
NAME, UNNAMED = "site.name", "<your site name>"
"""The key of the name of the site, and what stands for it in texts until it is set."""
IMAGES = "site.images"
"""The name among the settings of the addresses of the files that are set."""


class Visibility(IntEnum):
    """The callers who are shown the value of a key; those of a higher level are shown it too."""

    PUBLIC = 0
    SIGNED_IN = 1
    PRIVATE = 2

    @property
    def description(self) -> str:
        """The description for people."""
        return ("everybody", "signed-in users", "administrators")[self]


class UploadedFileSchema(Schema):
    """An uploaded file, by its transaction and its name; the value of the key is its guid."""

    transactionId = Guid()
    transactionPath = Text(nullable=True, missing=None)

    def __init__(self, *mime_types: str) -> None:
        super().__init__()
        self.mime_types = mime_types


@dataclass(frozen=True, eq=False)
class Key:
    """A key of the site settings.

    Attributes:
        name: The name, which clients use.
        node: The schema of a value.
        default: The value while none is stored, or the function of the services that returns it.
        visibility: The callers who are shown the value.
        display_type: The way in which clients show the value.
        field_type: The type of the form field; `display_type` by default.
        required: Whether clients demand a value.
        read_only: Whether the API refuses to change it.
        schema: What clients need besides to show it, such as its choices.
        published_default: The default that clients are told, where it is not `default`.
        check: Checks a new value against the other settings and what uses them.
        suggestions_of: The function of the services that returns the values clients may suggest.
        context: The name of the value in messages, where it is not that of the key.
        templates: The templates of messages about the value.
    """

    name: str
    node: Field
    default: Any = None
    visibility: Visibility = Visibility.PUBLIC
    display_type: str = "string"
    field_type: str = ""
    required: bool = True
    read_only: bool = False
    schema: Mapping[str, Any] | None = None
    published_default: Any = None
    check: Callable[["Change"], None] | None = None
    suggestions_of: Callable[[Services], Any] | None = None
    context: str = ""
    templates: Templates = field(default_factory=lambda: SCALAR)

    @property
    def is_file(self) -> bool:
        """Return whether the value is an uploaded file."""
        return isinstance(self.node, UploadedFileSchema)

    @property
    def is_secret(self) -> bool:
        """Return whether the value is shown to nobody."""
        return isinstance(self.node, Password)

    def is_shown_to(self, audience: Visibility) -> bool:
        """Return whether callers of a level are shown the value."""
        return audience >= self.visibility and not self.is_secret

    def input_node(self) -> Field:
        """The node of a new value among others; null resets the key."""
        node = self.node.clone()
        node.name, node.missing, node.nullable = self.name, drop, True
        node.read_only = self.read_only
        return node


class Region(NamedTuple):
    """A region; a placeholder only holds others together, and no object refers to it."""

    id: str
    name: str
    placeholder_only: bool


def regions_of(tree: Mapping[str, Any]) -> dict[str, Region]:
    """The regions of a tree by their ids in lower case; of two with one id, the first."""
    regions: dict[str, Region] = {}
    for node in regions_in(tree):
        id = node["id"].lower()
        name = node.get("name") or node["id"]
        regions.setdefault(id, Region(id, name, bool(node.get("placeholderOnly"))))
    return regions


def definitions_of(value: Mapping[str, Any]) -> dict[str, Any]:
    """The definitions of the custom fields of one class of objects by their ids."""
    return {definition["id"]: definition for definition in value.get("definitions", ())}


class SettingValues(dict[str, Any]):
    """The values of all settings by key, which must not be changed; that of a file is its guid.

    Attributes:
        files: The guids of the files that are set, by key.
        flags: The flags of the site, by name.
    """

    def __init__(self, registry: "SettingsRegistry", rows: Sequence[Any]) -> None:
        known = [row for row in rows if row.key in registry.keys]
        stored = {row.key: row.value for row in known}
        self.files: dict[str, UUID] = {
            row.key: row.file_upload_guid for row in known if row.file_upload_guid is not None
        }
        self.flags = {name: bool(rows[0][index]) for index, name in enumerate(registry.flags)}
        super().__init__({**registry.defaults, **stored, **self.files})
        if name := stored.get(NAME):
            self.update({key: self[key].replace(UNNAMED, name) for key in registry.naming})

    @cached_property
    def regions(self) -> Mapping[str, Region]:
        """The regions of the site by their ids in lower case."""
        return regions_of(self["site.custom.regions"])

    @cached_property
    def species(self) -> Mapping[str, Mapping[str, Any]]:
        """The species of the site by their ids, as they are stored."""
        return {item["id"]: item for item in self["site.species"]}

    def regions_within(self, ids: Iterable[str]) -> set[str]:
        """The ids in lower case of some regions, and of all regions below them."""
        wanted = {id.lower() for id in ids}
        nodes = regions_in(self["site.custom.regions"])
        found = (node for node in nodes if node["id"].lower() in wanted)
        return {each["id"].lower() for node in found for each in (node, *regions_in(node))}


@dataclass
class SettingsRegistry:
    """The keys of one application, and what its modules have registered.

    Attributes:
        services: The parts of the application, from which defaults are made.
        recaptcha_url: The address of reCAPTCHA.
        mandrill: The mail server of Mandrill, without an account.
        keys: The keys by name, in the order in which a change of several is checked.
        usages: The functions that count the uses of ids, by the kind of the ids.
        clearings: The functions that delete the values of ids, by the kind of the ids.
        counts: The functions that count public objects, by the name of the count.
        references: The functions that look for objects that custom fields refer to, by kind.
        flags: The conditions of the flags of the site, by name.
        publications: The functions that complete the values that clients get, by key.
    """

    services: Services
    recaptcha_url: str
    mandrill: SmtpTransport
    keys: dict[str, Key] = field(default_factory=dict)
    usages: dict[str, list[Usage]] = field(default_factory=dict)
    clearings: dict[str, list[Clearing]] = field(default_factory=dict)
    counts: dict[str, Count] = field(default_factory=dict)
    references: dict[str, ReferenceCheck] = field(default_factory=dict)
    flags: dict[str, ColumnElement[bool]] = field(default_factory=dict)
    publications: dict[str, Publication] = field(default_factory=dict)
    _values: WeakKeyDictionary[Any, SettingValues] = field(
        init=False, default_factory=WeakKeyDictionary
    )

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        """The default of each key."""
        return {
            name: key.default(self.services) if callable(key.default) else key.default
            for name, key in self.keys.items()
        }

    @cached_property
    def naming(self) -> Sequence[str]:
        """The keys of the texts in which the name of the site takes its place, once it is set."""
        return [
            key
            for key, default in self.defaults.items()
            if isinstance(default, str) and UNNAMED in default and key != NAME
        ]

    @cached_property
    def descriptions(self) -> Mapping[str, Mapping[str, Any]]:
        """The published description of each key."""
        return {name: self._description(key) for name, key in self.keys.items()}

    def read(self, db: Session) -> SettingValues:
        """The settings as the present transaction has read them first."""
        transaction = db.get_transaction()
        found = self._values.get(transaction) if transaction else None
        if found is None:
            found = SettingValues(self, db.execute(self._statement).all())
            self._values[db.get_transaction()] = found
        return found

    def forget(self, db: Session) -> None:
        """Read the settings again when they are next needed, because they have been changed."""
        self._values.pop(db.get_transaction(), None)

    def load(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The validated values by key.

        Raises:
            Unprocessable: Some values are wrong; they are named.
        """
        try:
            loaded: dict[str, Any] = self._schema.deserialize(values)
            return loaded
        except Invalid as error:
            messages = {child.node.name: self._messages(child, values) for child in error.children}
            raise Unprocessable(summary(messages), messages=messages) from None

    def usage(self, db: Session, kind: str, ids: Iterable[str]) -> Mapping[str, int]:
        """The number of objects that use each of some ids; those that none uses are left out.

        The kind of ids is `species`, `regions`, `relationship_roles`, whose ids are
        `<type>/<role>`, or such as `customFields.Sighting`.
        """
        wanted, total = set(ids), Counter[str]()
        for function in self.usages.get(kind, ()) if wanted else ():
            total.update(function(db, wanted))
        return +total

    def clear(self, db: Session, kind: str, id: str) -> None:
        """Delete the values that objects have of an id, such as that of a custom field."""
        for function in self.clearings.get(kind, ()):
            function(db, id)

    def _description(self, key: Key) -> dict[str, Any]:
        """The members of the published entry besides its value."""
        words = key.name.upper().replace(".", "_")
        described = {
            "descriptionId": f"CONFIGURATION_{words}_DESCRIPTION",
            "labelId": f"CONFIGURATION_{words}_LABEL",
            "defaultValue": key.published_default,
            "required": key.required,
            "displayType": key.display_type,
            "fieldType": key.field_type or key.display_type,
        }
        # The default of a private key may be as private as its value.
        if key.visibility is Visibility.PUBLIC and key.published_default is None:
            described["defaultValue"] = self.defaults[key.name]
        if key.schema is not None:
            described["schema"] = key.schema
        if key.read_only:
            described |= {"readOnly": True, "settable": False}
        if key.suggestions_of is not None:
            described["suggestedValues"] = key.suggestions_of(self.services)
        return described

    @cached_property
    def _statement(self) -> Select[Any]:
        """The select of the flags and of each stored setting; of the flags alone if none is."""
        flags = [condition.label(name) for name, condition in self.flags.items()]
        site = select(*flags, literal(1).label("site")).subquery("site")
        setting = SiteSetting.__table__.c
        return (
            select(*site.c, setting.key, setting.value, setting.file_upload_guid)
            .select_from(site)
            .outerjoin(SiteSetting, true())
        )

    @cached_property
    def _schema(self) -> Schema:
        return Schema(*(key.input_node() for key in self.keys.values()))

    def _messages(self, error: Invalid, values: Mapping[str, Any]) -> list[str]:
        name = error.node.name
        key, value = self.keys.get(name), values.get(name)
        if key is None or key.read_only:
            reason = "not supported" if key is None else "is read-only"
            return [f"{name} {reason}"]
        quoted = "(hidden)" if key.is_secret else value
        return messages_of(error, name, key.context or name, key.templates, quoted)
