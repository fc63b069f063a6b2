"""What PATCH may touch."""

from houston.core.api.patch import Actions, PatchSchema
from houston.core.schema.nodes import Email, Guid, Json, ListOf, MapOf, String, Text
from houston.modules.asset_groups.schemas.incoming import (
    SEXES,
    Degrees,
    IdConfig,
    NewEncounterSchema,
    OptionalChoice,
)
from houston.modules.asset_groups.schemas.sightings import told

LONGEST_MOMENT = 50
CUSTOM_FIELDS = MapOf(Json(nullable=True))


class AssetGroupPatch(PatchSchema):
    """What may be changed of a submission."""

    description = String()
    owner = Guid(source="owner_guid", description="The guid of another account.")


class ToldPatch(PatchSchema):
    """What may be changed of a sighting and of an animal alike."""

    locality = Text(name="verbatimLocality", nullable=True, compute=told("verbatimLocality"))
    latitude = Degrees(-90, 90, name="decimalLatitude", compute=told("decimalLatitude"))
    longitude = Degrees(-180, 180, name="decimalLongitude", compute=told("decimalLongitude"))
    custom_fields = Actions(
        name="customFields",
        add=CUSTOM_FIELDS,
        replace=CUSTOM_FIELDS,
        remove=String(description="The id of a field."),
        description="`add` and `replace` set the fields that are named and leave the others.",
    )


class AssetGroupSightingPatch(ToldPatch):
    """What may be changed of a reported sighting."""

    time = String(1, LONGEST_MOMENT, compute=told("time"))
    specificity = String(1, LONGEST_MOMENT, name="timeSpecificity", compute=told("timeSpecificity"))
    location = Guid(name="locationId", compute=told("locationId"))
    name = Text(nullable=True, compute=told("name"))
    comments = Text(nullable=True, compute=told("comments"))
    taxonomies = ListOf(Guid(), compute=told("taxonomies", []))
    match_state = String(nullable=True, compute=told("match_state"))
    asset = Guid(name="assetId", nullable=True, compute=told("assetId"))
    featured = Guid(name="featuredAssetGuid", nullable=True, compute=told("featuredAssetGuid"))
    configs = ListOf(IdConfig(), name="idConfigs", max_items=1, compute=told("idConfigs", []))
    encounters = Actions(
        add=NewEncounterSchema(),
        remove=Guid(),
        description="adds an animal, and removes the one of this guid.",
    )
    references = Actions(
        name="assetReferences",
        add=String(1),
        replace=ListOf(String(1)),
        remove=String(1),
        description="the names of files of the submission.",
    )


class PendingEncounterPatch(ToldPatch):
    """What may be changed of an animal of a reported sighting."""

    time = String(max=LONGEST_MOMENT, nullable=True, compute=told("time"))
    specificity = String(
        max=LONGEST_MOMENT,
        name="timeSpecificity",
        nullable=True,
        compute=told("timeSpecificity"),
    )
    location = Guid(name="locationId", nullable=True, compute=told("locationId"))
    taxonomy = Guid(nullable=True, compute=told("taxonomy"))
    sex = OptionalChoice(SEXES, compute=told("sex"))
    individual = Guid(name="individualUuid", nullable=True, compute=told("individualUuid"))
    owner_email = Email(name="ownerEmail", nullable=True, compute=told("ownerEmail"))
    owner = Actions(
        add=Guid(),
        replace=Guid(),
        description="the guid of the researcher who shall own it.",
    )
    annotations = Actions(
        add=Json(),
        replace=Json(),
        remove=Guid(),
        description="`add` takes a guid, or a list of them, which other animals lose.",
    )
