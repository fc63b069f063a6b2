"""What comes in and what goes out, most of it made of the table of keys."""

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter as get
from typing import Any

from colander import Invalid, SchemaNode, SchemaType, null

from houston.core.schema.nodes import (
    Boolean,
    Field,
    Integer,
    Json,
    ListOf,
    MapOf,
    Schema,
    String,
)
from houston.modules.site_settings.keys import FLAGS, IMAGES, TABLE, Key
from houston.modules.site_settings.structures import species
from houston.modules.site_settings.structures.shapes import list_of

MOST_OPERATIONS = 100
IMAGES_WORDS = "The addresses of the files that are set, by key."
NEEDS_VALUE = "Need value as the key in the data setting"


def count(name: str) -> Callable[[Mapping[str, int]], int]:
    """Reads a count that need not be there."""
    return lambda counts: counts.get(name, 0)


class Entry(SchemaType):
    """A setting with the words on it; what its value may be depends on its key."""

    def __init__(self, key: Key) -> None:
        self._key = key

    def json_schema(self) -> dict[str, Any]:
        """An object with what every key has, and with what this one has."""
        text, truth = {"type": "string"}, {"type": "boolean"}
        members: dict[str, Any] = {
            "descriptionId": text,
            "labelId": text,
            "defaultValue": {},
            "required": truth,
            "fieldType": text,
            "displayType": text,
        }
        optional: dict[str, Any] = {}
        if not self._key.is_file:
            members["canView"] = truth
            optional["value"] = self._key.kind.json_schema() | {"x-nullable": True}
        if self._key.is_secret:
            optional["isSet"] = truth
        if self._key.read_only:
            members |= {"readOnly": truth, "settable": truth}
        if self._key.schema is not None:
            members["schema"] = {"type": "object", "additionalProperties": True}
        if self._key.name == species.KEY:
            members["suggestedValues"] = list_of(species.SPECIES)
        return {
            "type": "object",
            "required": list(members),
            "properties": members | optional,
        }


class Values(SchemaType):
    """New values by key."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._keys = tuple(keys)

    def deserialize(self, node: SchemaNode, value: Any) -> Any:
        """The values, be they given by themselves or below `value`; each is read by its key."""
        if value is null:
            return null
        if not isinstance(value, dict):
            raise Invalid(node, "Not a valid mapping.")
        inner = value.get("value")
        return inner if value.keys() == {"value"} and isinstance(inner, dict) else value

    def json_schema(self) -> dict[str, Any]:
        """An object of known keys, or one that holds it."""
        values: dict[str, Any] = {
            key.name: key.kind.json_schema() | {"x-nullable": True}
            for key in self._keys
            if not key.read_only
        }
        below = {"type": "object", "properties": dict(values), "additionalProperties": False}
        return {
            "title": "SiteSettingsValues",
            "type": "object",
            "properties": {"value": below, **values},
            "additionalProperties": False,
        }


class BlockSchema(Schema):
    """Every setting by its key, and what clients need to know of the site besides."""

    def __init__(self) -> None:
        super().__init__()
        for key in TABLE:
            words = f"Its value is for {key.visibility.description}."
            self.add(Field(Entry(key), name=key.name, compute=get(key.name), description=words))
        for flag, words in FLAGS.items():
            self.add(Boolean(name=flag, compute=get(flag), description=words))
        images = MapOf(String(), name=IMAGES, compute=get(IMAGES), description=IMAGES_WORDS)
        self.add(images)


class ValueSchema(Schema):
    """A value by itself."""

    value = Json(nullable=True)


class SettingSchema(Schema):
    """One setting."""

    key = String()
    public = Boolean(description="Whether everybody is shown its value.")
    value = Json(nullable=True, description="Null for those who are not shown it.")


class SentrySchema(SettingSchema):
    """Where the web client reports its failures to."""

    sentryDsn = ValueSchema(  # noqa: N815 - the client's name
        compute=lambda shown: shown, description="Where that client looks for it."
    )


class NewValue(Json):
    """A value without which nothing can be set."""

    missing_msg = NEEDS_VALUE


class NewValueSchema(Schema):
    """The new value of one key."""

    value = NewValue(nullable=True, description="Null takes the key back to its default.")


class RemovalSchema(Schema):
    """What is to be removed."""

    op = String(1, 20, description="`remove`.")
    path = String(1, 500, description="A key, or `site.custom.customFields.<Class>/<definition>`.")
    force = Boolean(
        missing=False,
        description="Has no effect: what objects have values of is never removed.",
    )


class NothingSchema(Schema):
    """Done; there is nothing to say."""


class HeartbeatSchema(Schema):
    """What runs."""

    version = String(description="The release.")
    git_version = String(description="The revision of the source, where it is known.")


class AnalysisSchema(Schema):
    """What analyses images."""

    version = String(description="Empty where none answers.")
    uri = String(description="Its address; empty for all but developers of the site.")


class SiteInfoSchema(Schema):
    """What runs, and what it works with."""

    houston = HeartbeatSchema()
    sage = AnalysisSchema()


class PublicDataSchema(Schema):
    """How many there are; 0 of what no enabled module has."""

    num_individuals = Integer(0, compute=count("num_individuals"))
    num_sightings = Integer(0, compute=count("num_sightings"))
    num_users = Integer(0, compute=count("num_users"))
    num_pending_sightings = Integer(0, compute=count("num_pending_sightings"))


class SupportedSpeciesSchema(Schema):
    """A species that a detector finds, and the means of identification that know it."""

    scientific_name = String()
    common_name = String()
    itis_id = Integer(description="Negative for a species without an ITIS number.")
    ia_classes = ListOf(String())
    id_algos = MapOf(Json())


class DetectorSchema(Schema):
    """What finds animals in photographs."""

    from_mapping = True

    name = String()
    description = String()
    supported_species = ListOf(SupportedSpeciesSchema())


class DetectionSchema(Schema):
    """What can be detected, by the key of the detector."""

    detection_config = MapOf(DetectorSchema(), compute=lambda detectors: detectors)
    success = Boolean(compute=lambda _: True)


class IaClassesSchema(Schema):
    """The classes that annotations can have."""

    ia_classes = ListOf(String(), compute=lambda classes: classes)
    success = Boolean(compute=lambda _: True)
