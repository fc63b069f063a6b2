"""What PATCH may touch."""

from houston.core.api.patch import Command, PatchSchema
from houston.core.schema import Email, Field, Guid, Json, ListOf, MapOf, String, Text
from houston.modules.asset_groups.schemas.incoming import Degrees, NewEncounterSchema
from houston.modules.asset_groups.schemas.sightings import told

LONGEST_MOMENT = 50
CUSTOM_FIELDS = MapOf(Field(Json(), nullable=True))


class AssetGroupPatch(PatchSchema):
    """What may be changed of a submission."""

    description = Field(String())
    owner = Field(Guid(), source="owner_guid", description="The guid of another account.")


class ToldPatch(PatchSchema):
    """What may be changed of a sighting and of an animal alike."""

    locality = Field(
        Text(), name="verbatimLocality", nullable=True, compute=told("verbatimLocality")
    )
    latitude = Field(
        Degrees(), name="decimalLatitude", nullable=True, compute=told("decimalLatitude")
    )
    longitude = Field(
        Degrees(), name="decimalLongitude", nullable=True, compute=told("decimalLongitude")
    )
    custom_fields = Command(
        name="customFields",
        add=CUSTOM_FIELDS,
        replace=CUSTOM_FIELDS,
        remove=Field(String(), description="The id of a field."),
        description="`add` and `replace` set the fields that are named and leave the others.",
    )


class AssetGroupSightingPatch(ToldPatch):
    """What may be changed of a reported sighting."""

    time = Field(String(1, LONGEST_MOMENT), compute=told("time"))
    specificity = Field(
        String(1, LONGEST_MOMENT), name="timeSpecificity", compute=told("timeSpecificity")
    )
    location = Field(Guid(), name="locationId", compute=told("locationId"))
    name = Field(Text(), nullable=True, compute=told("name"))
    comments = Field(Text(), nullable=True, compute=told("comments"))
    taxonomies = ListOf(Guid(), compute=told("taxonomies", []))
    match_state = Field(String(), nullable=True, compute=told("match_state"))
    asset = Field(Guid(), name="assetId", nullable=True, compute=told("assetId"))
    featured = Field(
        Guid(), name="featuredAssetGuid", nullable=True, compute=told("featuredAssetGuid")
    )
    configs = ListOf(
        MapOf(Field(Json(), nullable=True)), name="idConfigs", compute=told("idConfigs", [])
    )
    encounters = Command(
        add=NewEncounterSchema(),
        remove=Field(Guid()),
        description="adds an animal, and removes the one of this guid.",
    )
    references = Command(
        name="assetReferences",
        add=Field(String(1)),
        replace=ListOf(String(1)),
        remove=Field(String(1)),
        description="the names of files of the submission.",
    )


class PendingEncounterPatch(ToldPatch):
    """What may be changed of an animal of a reported sighting."""

    time = Field(String(max=LONGEST_MOMENT), nullable=True, compute=told("time"))
    specificity = Field(
        String(max=LONGEST_MOMENT),
        name="timeSpecificity",
        nullable=True,
        compute=told("timeSpecificity"),
    )
    location = Field(Guid(), name="locationId", nullable=True, compute=told("locationId"))
    taxonomy = Field(Guid(), nullable=True, compute=told("taxonomy"))
    sex = Field(String(), nullable=True, compute=told("sex"))
    individual = Field(Guid(), name="individualUuid", nullable=True, compute=told("individualUuid"))
    owner_email = Field(Email(), name="ownerEmail", nullable=True, compute=told("ownerEmail"))
    owner = Command(
        add=Field(Guid()),
        replace=Field(Guid()),
        description="the guid of the researcher who shall own it.",
    )
    annotations = Command(
        add=Field(Json()),
        replace=Field(Json()),
        remove=Field(Guid()),
        description="`add` takes a guid, or a list of them, which other animals lose.",
    )
