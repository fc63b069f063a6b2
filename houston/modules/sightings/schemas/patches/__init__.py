"""The patches of sightings and of their encounters."""

from houston.core.api.patch import PatchSchema
from houston.core.schema.nodes import Text
from houston.modules.asset_groups.schemas.incoming import Degrees
from houston.modules.asset_groups.schemas.patches import custom_field_actions


class ObservedPatch(PatchSchema):
    """The fields of a sighting and of an encounter that can be changed."""

    locality = Text(name="verbatimLocality", nullable=True, source="verbatim_locality")
    latitude = Degrees(-90, 90, name="decimalLatitude", source="decimal_latitude")
    longitude = Degrees(-180, 180, name="decimalLongitude", source="decimal_longitude")
    custom_fields = custom_field_actions()
