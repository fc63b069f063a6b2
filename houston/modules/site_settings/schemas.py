"""The schemas of requests and responses, to which each declared key contributes its fields."""

from operator import itemgetter as get
from typing import Any

from colander import Invalid, drop, null

from houston.core.schema.nodes import (
    Boolean,
    Field,
    Guid,
    Integer,
    Json,
    ListOf,
    MapOf,
    Schema,
    String,
    Text,
)
from houston.modules.site_settings.messages import NOT_A_MAPPING
from houston.modules.site_settings.registry import IMAGES, Key

MAX_OPERATIONS = 100


class SiteSettingsSchema(Schema):
    """Every setting by its key, and the flags of the site."""

    def __init__(self) -> None:
        words = "The addresses of the files that are set, by key."
        images = MapOf(String(), name=IMAGES, compute=get(IMAGES), description=words)
        super().__init__(images)


class NewSettingsSchema(Schema):
    """New values by key."""


class NewSettingsBodySchema(NewSettingsSchema):
    """New values by key, by themselves or below `value`."""

    value = NewSettingsSchema(missing=drop)

    def deserialize(self, cstruct: Any = null) -> Any:
        """The values as they are: the registry of the application has the schema of each.

        Raises:
            colander.Invalid: There is no object.
        """
        if not isinstance(cstruct, dict):
            raise Invalid(self, NOT_A_MAPPING)
        inner = cstruct.get("value")
        return inner if cstruct.keys() == {"value"} and isinstance(inner, dict) else cstruct


class EntrySchema(Schema):
    """A setting with its description for clients; the schema of its value depends on the key."""

    descriptionId = String()
    labelId = String()
    required = Boolean()
    fieldType = String()
    displayType = String()

    def __init__(self, key: Key) -> None:
        super().__init__(
            name=key.name,
            as_is=True,
            compute=get(key.name),
            description=f"A site setting that {key.visibility.description} can read.",
        )
        self.add(_value(Guid() if key.is_file else key.node, "defaultValue"))
        if not key.is_file:
            self.add(Boolean(name="canView"))
            self.add(_value(key.node, "value", missing=drop))
        if key.is_secret:
            self.add(Boolean(name="isSet", missing=drop))
        if key.read_only:
            self.add(Boolean(name="readOnly"))
            self.add(Boolean(name="settable"))
        if key.schema is not None:
            self.add(MapOf(Json(), name="schema"))
        if key.suggestions_of is not None:
            suggested = key.node.clone()
            suggested.name = "suggestedValues"
            self.add(suggested)

    @classmethod
    def model_name(cls) -> str:
        """No name: it differs for each key."""
        return ""


def _value(node: Field, name: str, **options: Any) -> Field:
    """A field for the values of a node, and for null."""
    field = node.clone()
    for option, value in {"name": name, "nullable": True, **options}.items():
        setattr(field, option, value)
    return field


class ValueSchema(Schema):
    """The value of a site setting, without its description."""

    value = Json(nullable=True)


class SettingSchema(Schema):
    """One setting."""

    from_mapping = True
    key = String()
    public = Boolean(description="Whether everybody is shown its value.")
    value = Json(nullable=True, description="Null for those who are not shown it.")


class SentrySchema(SettingSchema):
    """The address to which the web client reports errors."""

    sentryDsn = ValueSchema(
        compute=lambda shown: shown, description="The place where that client looks for it."
    )


class NewValue(Json):
    """A required value."""

    missing_msg = "Need value as the key in the data setting"


class NewValueSchema(Schema):
    """The new value of one key."""

    value = NewValue(nullable=True, description="Null resets the key to its default.")


class RemovalSchema(Schema):
    """The removal of a value."""

    op = String(1, 20, description="`remove`.")
    path = String(1, 500, description="A key, or `site.custom.customFields.<Class>/<definition>`.")
    force = Boolean(
        missing=False,
        description="Whether the values that objects have of the definition are deleted with it.",
    )


class NothingSchema(Schema):
    """An empty object."""


class HeartbeatSchema(Schema):
    """The running release."""

    from_mapping = True
    version = String(description="The release.")
    git_version = String(description="The revision of the source, where it is known.")


class AnalysisSchema(Schema):
    """The image analysis."""

    version = String(nullable=True, description="Null where none answers.")
    uri = String(description="Its address; empty for all but developers of the site.")


class SiteInfoSchema(Schema):
    """The running release, and the image analysis that it uses."""

    from_mapping = True
    houston = HeartbeatSchema()
    sage = AnalysisSchema()


class PublicDataSchema(Schema):
    """The numbers of public objects; 0 where no enabled module counts them."""

    from_mapping = True
    num_individuals = Integer(0)
    num_sightings = Integer(0)
    num_users = Integer(0)
    num_pending_sightings = Integer(0)


class AgentTestSchema(Schema):
    """The result of the test of an agent."""

    from_mapping = True
    success = Boolean()
    message = Text(description="The reason of a failure, for people.")


class SupportedSpeciesSchema(Schema):
    """A species that a detector finds, with the algorithms that identify its individuals."""

    scientific_name = String()
    common_name = String()
    itis_id = Integer(description="Negative where the ITIS number is not known.")
    ia_classes = ListOf(String())
    id_algos = MapOf(Json())


class DetectorSchema(Schema):
    """A detector, which finds animals in photographs."""

    from_mapping = True
    name = String()
    description = String()
    supported_species = ListOf(SupportedSpeciesSchema())


class DetectionSchema(Schema):
    """The detectors by their keys."""

    detection_config = MapOf(DetectorSchema(), compute=lambda detectors: detectors)
    success = Boolean(compute=lambda _: True)


class IaClassesSchema(Schema):
    """The classes that annotations can have."""

    ia_classes = ListOf(String(), compute=lambda classes: classes)
    success = Boolean(compute=lambda _: True)
