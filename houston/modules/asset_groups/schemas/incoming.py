"""The body that creates an asset group: these schemas both document and validate it.

Clients send null or an empty text where nothing is known, and spreadsheets have numbers as text.
The nodes here accept both and the document says so.
"""

import re
from collections.abc import Iterator
from typing import Any

from colander import Invalid, MappingSchema, Regex, SchemaNode, drop, null

from houston.core.errors import Messages, Unprocessable, summary
from houston.core.json import dumps
from houston.core.schema import NUMBER, WHOLE, messages_of, number_of, types
from houston.core.schema.nodes import (
    Choice,
    Email,
    Field,
    Guid,
    Json,
    Line,
    ListOf,
    MapOf,
    Number,
    OpenSchema,
    Schema,
    String,
    Text,
)
from houston.domain.observations import MatchState, Sex
from houston.domain.times import Specificity, read_iso
from houston.modules.asset_groups.models import UploadType

SEXES = [each.value for each in Sex]
MATCH_STATES = [each.value for each in MatchState]
SPECIFICITIES = [each.value for each in Specificity]
NUMERAL = NUMBER.pattern.removesuffix(r"\Z")
MAX_ENCOUNTERS = 20_000
PLACE = re.compile(r"(?:sightings\.(\d+)(?:\.encounters\.(\d+))?(?:\.|\Z))?(.*)", re.DOTALL)


class Blank(Field):
    """An optional field; null and an empty text say that its value is not known."""

    nullable = True
    missing = drop
    accepts_also = {"const": ""}

    def deserialize(self, cstruct: Any = null) -> Any:
        """The value, or None."""
        return super().deserialize(None if cstruct == "" else cstruct)


class GuidText(Guid):
    """A UUID that stays text, in lower case, as JSON columns store it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(preparer=lambda guid: str(guid) if guid else guid, **options)


class OptionalGuid(Blank, GuidText):
    """A UUID or nothing."""


class OptionalChoice(Blank, Choice):
    """One of some texts or nothing."""


class OptionalEmail(Blank, Email):
    """An e-mail address or nothing."""


class OptionalText(Text):
    """Text or nothing."""

    nullable = True
    missing = drop


class OptionalName(Line):
    """A name or nothing."""

    nullable = True
    missing = drop

    def __init__(self, max: int = Text.longest, **options: Any) -> None:
        super().__init__(max=max, **options)


class Degrees(Blank, Number):
    """A number of degrees or nothing; spreadsheets send numbers as text."""

    accepts_also = {"type": "string", "pattern": rf"^ *({NUMERAL})? *$"}

    def deserialize(self, cstruct: Any = null) -> Any:
        """The number as a float, or None."""
        text = cstruct.strip(" ") if isinstance(cstruct, str) else None
        return super().deserialize(number_of(text) if text is not None else cstruct)


class AwareTime(Regex):
    """The validator of existing times in ISO 8601 with an offset."""

    def __init__(self) -> None:
        date, clock = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?"
        offset = "([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)"
        super().__init__(rf"^{date}[Tt ]{clock}{offset}\Z", "Not a valid datetime with an offset.")

    def __call__(self, node: SchemaNode, value: str) -> None:
        """Raise colander.Invalid for any other text."""
        moment = read_iso(value)
        if moment is None or moment.tzinfo is None:
            raise Invalid(node, self.msg)


class ObservedTime(String):
    """The time of an observation with the offset of the observer, which becomes RFC 3339."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max=50, validators=[AwareTime()], **options)

    def deserialize(self, cstruct: Any = null) -> Any:
        """The text in the form that browsers read, whatever form of ISO 8601 was sent."""
        value = super().deserialize(cstruct)
        moment = read_iso(value) if isinstance(value, str) else None
        return moment.isoformat() if moment else value


class OptionalTime(Blank, ObservedTime):
    """The time of an observation, or nothing."""


class Opaque(Json):
    """A value that the server stores without reading it, of bounded size."""

    nullable = True
    missing = drop

    def __init__(self, max_bytes: int = 10_000, **options: Any) -> None:
        super().__init__(**options)
        self.max_bytes = max_bytes

    def validator(self, node: SchemaNode, value: Any) -> None:
        """Raise colander.Invalid for a larger value."""
        if len(dumps(value)) > self.max_bytes:
            raise Invalid(node, f"Larger than {self.max_bytes} bytes of JSON.")


class ObservationSchema(Schema):
    """The fields that sightings and encounters share."""

    locality = OptionalText(name="verbatimLocality")
    latitude = Degrees(-90, 90, name="decimalLatitude")
    longitude = Degrees(-180, 180, name="decimalLongitude")
    comments = OptionalText()
    custom_fields = MapOf(
        Json(nullable=True), name="customFields", missing=drop, description="The values by field."
    )


class NewEncounterSchema(ObservationSchema, OpenSchema):
    """One encounter of a sighting; further columns of a spreadsheet are stored and not read."""

    time = OptionalTime(description="With timeSpecificity, or neither.")
    specificity = OptionalChoice(SPECIFICITIES, name="timeSpecificity")
    location = OptionalGuid(name="locationId", description="A region of the site.")
    taxonomy = OptionalGuid(description="A species of the site.")
    sex = OptionalChoice(SEXES)
    owner_email = OptionalEmail(
        name="ownerEmail", description="The user who becomes the owner; for researchers."
    )
    individual = OptionalGuid(name="individualUuid")
    annotations = ListOf(
        Guid(), missing=drop, description="Existing annotations: a new asset group has none."
    )
    first_name = OptionalName(name="firstName", description="The name of the individual.")
    # Without a pattern: generated clients give both fields the same name.
    first_name_context = OptionalText(name="FirstName", description="The same as firstName.")


class IdConfig(Field, MappingSchema):
    """A configuration of identification; not a Schema, so it is rendered as it is stored."""

    schema_type = types.Mapping

    algorithms = ListOf(String(1), min_items=1, max_items=100)
    matching_set = Opaque(100_000, description="A search of annotations.")


class NewSightingSchema(ObservationSchema):
    """A sighting: encounters at one time and place."""

    time = ObservedTime(description="ISO 8601 with an offset.")
    specificity = Choice(SPECIFICITIES, name="timeSpecificity")
    location = GuidText(name="locationId", description="A region of the site.")
    encounters = ListOf(NewEncounterSchema(), min_items=1, max_items=1_000)
    references = ListOf(
        String(1),
        name="assetReferences",
        missing=drop,
        max_items=10_000,
        description=(
            "The names of its files in the transaction. Of several files with one name, each is "
            "called by its path on the computer of the sender, or by a number."
        ),
    )
    configs = ListOf(IdConfig(), name="idConfigs", missing=drop, max_items=1)
    name = OptionalName(120, description="A label.")
    taxonomies = ListOf(GuidText(), missing=drop, description="Species of the site.")
    match_state = OptionalChoice(MATCH_STATES)
    asset = OptionalGuid(name="assetId")
    featured = OptionalGuid(name="featuredAssetGuid")
    models = Opaque(
        name="speciesDetectionModel", description="Not read: the model of the asset group is used."
    )


class NewAssetGroupSchema(OpenSchema):
    """Files that were uploaded before, and the sightings that they show.

    Further fields are stored and not read.
    """

    upload_type = Choice(
        UploadType, name="uploadType", description="A `form` has exactly one sighting."
    )
    models = ListOf(
        String(nullable=True),
        name="speciesDetectionModel",
        min_items=1,
        max_items=1,
        description="A model of /site-settings/detection; null, empty or `None` for none.",
    )
    transaction = OptionalGuid(
        name="transactionId", description="The `x-tus-transaction-id` of the uploads."
    )
    sightings = ListOf(NewSightingSchema(), min_items=1, max_items=10_000)
    description = Line(nullable=True, missing=drop)
    submitter = OptionalEmail(
        name="submitterEmail", description="The address of a caller who is not signed in."
    )
    token = OptionalText(description="The answer of reCAPTCHA, where the site uses it.")
    taxonomies = Opaque(description="Stored and not read.")

    def deserialize(self, cstruct: Any = null) -> Any:
        """The values.

        Raises:
            Unprocessable: With all faults by path, in texts that name the sighting.
        """
        try:
            return super().deserialize(cstruct)
        except Invalid as invalid:
            messages = dict(_in_words(messages_of(invalid), self.name))
            raise Unprocessable(summary(messages), messages=messages) from None

    def validator(self, node: SchemaNode, values: dict[str, Any]) -> None:
        """Check the numbers of sightings and encounters.

        Raises:
            colander.Invalid: A form does not have one sighting, or there are too many encounters.
        """
        if values["uploadType"] is UploadType.FORM and len(values["sightings"]) != 1:
            error = Invalid(node)
            error["sightings"] = "A form must have exactly one sighting."
            raise error
        if sum(len(sighting["encounters"]) for sighting in values["sightings"]) > MAX_ENCOUNTERS:
            raise Invalid(node, f"Must have at most {MAX_ENCOUNTERS} encounters.")


def _in_words(messages: Messages, name: str) -> Iterator[tuple[str, list[str]]]:
    """Faults by path, with their place in the text, such as `Encounter 17.2`, counted from 1."""
    for whole, texts in messages.items():
        path = "" if whole in (WHOLE, name) else whole.removeprefix(f"{name}.")
        sighting, encounter, field = PLACE.findall(path)[0]
        place = "request"
        if encounter:
            place = f"Encounter {int(sighting) + 1}.{int(encounter) + 1}"
        elif sighting:
            place = f"Sighting {int(sighting) + 1}"
        place = f"{field} in {place}" if field else place
        yield path or WHOLE, [f"{place}: {text}" for text in texts]
