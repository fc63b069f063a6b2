"""The patch of an encounter."""

from houston.core.api.patch import Actions
from houston.core.schema.nodes import Guid, Reference
from houston.core.security.grants import Permission
from houston.domain.observations import Sex
from houston.domain.times import Specificity
from houston.modules.asset_groups.schemas.incoming import (
    OptionalChoice,
    OptionalGuid,
    OptionalTime,
)
from houston.modules.asset_groups.schemas.patches import Guids
from houston.modules.sightings.schemas.patches import ObservedPatch
from houston.modules.sightings.schemas.responses import time_of
from houston.modules.sightings.services.annotations import encounters_left


class EncounterPatch(ObservedPatch):
    """The fields of an encounter that can be changed; null and an empty text unset a value.

    Without values of its own, an encounter has the time, the region and the species of its
    sighting. To remove one half of its time removes both.
    """

    time = OptionalTime(compute=time_of)
    specificity = OptionalChoice(Specificity, name="timeSpecificity", source="time_specificity")
    location = OptionalGuid(name="locationId", source="location_guid")
    taxonomy = OptionalGuid(source="taxonomy_guid")
    sex = OptionalChoice(Sex)
    owner = Guid(
        source="owner_guid",
        permission=Permission.ADMINISTER,
        description="The guid of an active researcher.",
    )
    annotations = Actions(
        add=Guids(Guid()),
        replace=Guids(Guid()),
        remove=Guid(),
        refers=Reference("encounters", Permission.WRITE, encounters_left),
        description=(
            "`add` takes the guid of an annotation of the sighting, or a list of them, from other "
            "encounters that the caller may change; `remove` leaves one without an encounter."
        ),
    )
