"""What comes in: submissions, and what PATCH may touch."""

from typing import Any

from colander import Invalid, drop, null

from houston.core.schema.nodes import (
    Choice,
    Email,
    Guid,
    Json,
    ListOf,
    MapOf,
    Number,
    Schema,
    String,
    Text,
)
from houston.core.schema.reading import lenient
from houston.domain.times import Specificity
from houston.modules.asset_groups.models import UploadType


class Degrees(Number):
    """A number of degrees, which spreadsheets send as text."""

    def deserialize(self, cstruct: Any = null) -> Any:
        """The number as a float."""
        return super().deserialize(lenient(self, cstruct))


class _ToldWhole(Schema):
    """An object that is taken as it is: the service tells all that is wrong with it, in words.

    The fields below are what it should have.
    """

    def deserialize(self, cstruct: Any = null) -> Any:
        """The object, if it can be stored at all."""
        if not isinstance(cstruct, dict):
            raise Invalid(self, "Not a valid mapping.")
        return Json().deserialize(cstruct)


class NewEncounterSchema(_ToldWhole):
    """An animal that was seen. What is not known is left out, null or empty."""

    time = Text(missing=drop, description="ISO 8601 with an offset.")
    specificity = Choice(Specificity, name="timeSpecificity", missing=drop)
    location = Text(name="locationId", missing=drop, description="A region of the site.")
    locality = Text(name="verbatimLocality", missing=drop)
    latitude = Degrees(-90, 90, name="decimalLatitude", missing=drop)
    longitude = Degrees(-180, 180, name="decimalLongitude", missing=drop)
    taxonomy = Guid(missing=drop, description="A species of the site.")
    sex = Text(missing=drop, description="male, female or unknown.")
    custom_fields = MapOf(Json(nullable=True), name="customFields", missing=drop)
    owner_email = Email(
        name="ownerEmail", missing=drop, description="Who shall own it: for researchers."
    )
    individual = Guid(name="individualUuid", missing=drop)
    first_name = Text(name="firstName", missing=drop, description="The name of the individual.")


class NewSightingSchema(_ToldWhole):
    """What was seen at one time and place."""

    time = Text(description="ISO 8601 with an offset.")
    specificity = Choice(Specificity, name="timeSpecificity")
    location = Text(name="locationId", description="A region of the site.")
    encounters = ListOf(NewEncounterSchema(), min_items=1)
    references = ListOf(
        Text(),
        name="assetReferences",
        missing=drop,
        max_items=10_000,
        description="The names of its files in the transaction.",
    )
    locality = Text(name="verbatimLocality", missing=drop)
    latitude = Degrees(-90, 90, name="decimalLatitude", missing=drop)
    longitude = Degrees(-180, 180, name="decimalLongitude", missing=drop)
    comments = Text(missing=drop)
    custom_fields = MapOf(Json(nullable=True), name="customFields", missing=drop)
    configs = ListOf(Json(), name="idConfigs", missing=drop)


class NewAssetGroupSchema(_ToldWhole):
    """A submission: files that were uploaded before, and the sightings that they show."""

    upload_type = Choice(UploadType, name="uploadType")
    models = ListOf(
        String(nullable=True),
        name="speciesDetectionModel",
        min_items=1,
        max_items=1,
        description="A model of /site-settings/detection; null, empty or `None` for none.",
    )
    transaction = Guid(
        name="transactionId",
        missing=drop,
        description="The `x-tus-transaction-id` of the uploads.",
    )
    sightings = ListOf(NewSightingSchema(), min_items=1, max_items=10_000)
    description = String(missing=drop)
    submitter = Email(
        name="submitterEmail",
        missing=drop,
        description="Where somebody can be reached who is not signed in.",
    )
    token = Text(missing=drop, description="The answer of reCAPTCHA, where it is in use.")
