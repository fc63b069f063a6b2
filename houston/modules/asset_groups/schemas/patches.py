"""The patches of asset groups, of their sightings, and of encounters."""

from typing import Any

from colander import null

from houston.core.api.patch import Actions, PatchSchema
from houston.core.schema.nodes import Choice, Guid, Json, Line, ListOf, MapOf, String, Text
from houston.modules.asset_groups.schemas.incoming import (
    MATCH_STATES,
    SEXES,
    SPECIFICITIES,
    Degrees,
    GuidText,
    IdConfig,
    NewEncounterSchema,
    ObservedTime,
    OptionalChoice,
    OptionalEmail,
    OptionalGuid,
    OptionalTime,
)
from houston.modules.asset_groups.schemas.responses import detail


class CustomFields(MapOf):
    """The values of custom fields by id; that of a single one may have its `id` and `value`."""

    accepts_also = {
        "type": "object",
        "required": ["id", "value"],
        "properties": {"id": {"type": "string"}, "value": {}},
        "additionalProperties": False,
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(Json(nullable=True), **options)

    def deserialize(self, cstruct: Any = null) -> Any:
        """The values by id."""
        is_single = isinstance(cstruct, dict) and cstruct.keys() == {"id", "value"}
        if is_single and isinstance(cstruct["id"], str):
            cstruct = {cstruct["id"]: cstruct["value"]}
        return super().deserialize(cstruct)


class Guids(ListOf):
    """A list of UUIDs, or a single one."""

    def deserialize(self, cstruct: Any = null) -> Any:
        """The UUIDs."""
        return super().deserialize([cstruct] if isinstance(cstruct, str) else cstruct)


def custom_field_actions() -> Actions:
    """The path of the custom fields of an object."""
    return Actions(
        name="customFields",
        add=CustomFields(),
        replace=CustomFields(),
        remove=String(description="The id of a field."),
        description="`add` and `replace` set the fields that are named and leave the others.",
    )


class AssetGroupPatch(PatchSchema):
    """The fields of an asset group that can be changed."""

    description = Line()
    owner = Guid(source="owner_guid", description="The guid of an active user.")


class ObservedPatch(PatchSchema):
    """The fields of a sighting and of an encounter that can be changed."""

    locality = Text(name="verbatimLocality", nullable=True, compute=detail("verbatimLocality"))
    latitude = Degrees(-90, 90, name="decimalLatitude", compute=detail("decimalLatitude"))
    longitude = Degrees(-180, 180, name="decimalLongitude", compute=detail("decimalLongitude"))
    custom_fields = custom_field_actions()


class AssetGroupSightingPatch(ObservedPatch):
    """The fields of an asset group sighting that can be changed."""

    time = ObservedTime(compute=detail("time"))
    specificity = Choice(SPECIFICITIES, name="timeSpecificity", compute=detail("timeSpecificity"))
    location = GuidText(name="locationId", compute=detail("locationId"))
    name = Line(0, 120, nullable=True, compute=detail("name"))
    comments = Text(nullable=True, compute=detail("comments"))
    taxonomies = ListOf(GuidText(), compute=detail("taxonomies", []))
    match_state = OptionalChoice(MATCH_STATES, compute=detail("match_state"))
    asset = OptionalGuid(name="assetId", compute=detail("assetId"))
    featured = OptionalGuid(name="featuredAssetGuid", compute=detail("featuredAssetGuid"))
    configs = ListOf(IdConfig(), name="idConfigs", max_items=1, compute=detail("idConfigs", []))
    encounters = Actions(
        add=NewEncounterSchema(),
        remove=Guid(),
        description="`add` takes an encounter, `remove` the guid of one.",
    )
    references = Actions(
        name="assetReferences",
        add=String(1),
        replace=ListOf(String(1)),
        remove=String(1),
        description="the names of files of the asset group.",
    )


class AssetGroupSightingEncounterPatch(ObservedPatch):
    """The fields of an encounter of an asset group sighting that can be changed."""

    time = OptionalTime(compute=detail("time"))
    specificity = OptionalChoice(
        SPECIFICITIES, name="timeSpecificity", compute=detail("timeSpecificity")
    )
    location = OptionalGuid(name="locationId", compute=detail("locationId"))
    taxonomy = OptionalGuid(compute=detail("taxonomy"))
    sex = OptionalChoice(SEXES, compute=detail("sex"))
    individual = OptionalGuid(name="individualUuid", compute=detail("individualUuid"))
    owner_email = OptionalEmail(name="ownerEmail", compute=detail("ownerEmail"))
    owner = Actions(
        add=Guid(), replace=Guid(), description="the guid of a researcher, who becomes the owner."
    )
    annotations = Actions(
        add=Guids(Guid()),
        replace=Guids(Guid()),
        remove=Guid(),
        description="`add` takes a guid, or a list of them, from other encounters.",
    )
