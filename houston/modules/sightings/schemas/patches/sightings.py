"""The patch of sightings."""

from colander import drop

from houston.core.api.patch import Actions
from houston.core.schema.nodes import Choice, Guid, ListOf, Reference, Schema, String, Text
from houston.core.security.grants import Permission
from houston.domain.observations import MatchState, Sex
from houston.domain.times import Specificity
from houston.modules.asset_groups.schemas.incoming import (
    Degrees,
    GuidText,
    IdConfig,
    ObservedTime,
    OptionalChoice,
    OptionalGuid,
    OptionalText,
    OptionalTime,
)
from houston.modules.asset_groups.schemas.patches import CustomFields
from houston.modules.sightings.schemas.patches import ObservedPatch
from houston.modules.sightings.schemas.responses import species_of, time_of
from houston.modules.sightings.services.sightings import removed_encounters

MAX_SPECIES = 100


class AddedEncounterSchema(Schema):
    """An encounter that is added to a sighting; its owner is the caller."""

    time = OptionalTime(description="With timeSpecificity, or neither.")
    specificity = OptionalChoice(Specificity, name="timeSpecificity")
    location = OptionalGuid(name="locationId", description="A region of the site.")
    locality = OptionalText(name="verbatimLocality")
    latitude = Degrees(-90, 90, name="decimalLatitude")
    longitude = Degrees(-180, 180, name="decimalLongitude")
    taxonomy = OptionalGuid(description="A species of the site.")
    sex = OptionalChoice(Sex)
    custom_fields = CustomFields(name="customFields", missing=drop)


class SightingPatch(ObservedPatch):
    """The fields of a sighting that can be changed."""

    time = ObservedTime(compute=time_of)
    specificity = Choice(Specificity, name="timeSpecificity", source="time_specificity")
    location = OptionalGuid(
        name="locationId", source="location_guid", description="A region of the site."
    )
    name = String(0, 120, nullable=True)
    comments = Text(nullable=True)
    taxonomies = ListOf(
        GuidText(),
        association=True,
        max_items=MAX_SPECIES,
        compute=species_of,
        description="Species of the site.",
    )
    match_state = Choice(MatchState)
    featured = Guid(
        name="featuredAssetGuid",
        nullable=True,
        source="featured_asset_guid",
        description="One of its assets, which stands for it.",
    )
    configs = ListOf(IdConfig(), name="idConfigs", max_items=1, source="id_configs")
    asset = Actions(
        name="assetId",
        add=Guid(),
        replace=Guid(),
        refers=Reference("assets", Permission.WRITE),
        description="the guid of an asset that the caller may change, which is added.",
    )
    encounters = Actions(
        add=AddedEncounterSchema(),
        remove=Guid(),
        refers=Reference("encounters", Permission.DELETE, removed_encounters),
        description=(
            "`add` takes an encounter, `remove` the guid of one that the caller may delete. The "
            "last one is deleted with the sighting, and the last one of an individual with the "
            "individual, each of which a header must allow."
        ),
    )
