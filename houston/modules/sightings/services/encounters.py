"""Changes of encounters.

The sighting is locked first, so that concurrent changes of its encounters are not lost.
"""

from typing import Any

from houston.core.api.patch import Change
from houston.core.db.models import lock
from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.services import Services
from houston.modules.asset_groups.services import checks
from houston.modules.asset_groups.services.checks import Checker, Place
from houston.modules.sightings.models import Encounter
from houston.modules.sightings.services.annotations import attach, detach
from houston.modules.sightings.services.observations import (
    TIME,
    set_encounter,
    times_of,
    values_of_encounter,
)


def update_encounter(
    services: Services, db: Session, encounter: Encounter, change: Change
) -> Encounter:
    """Change an encounter.

    Raises:
        NotFound: It was deleted meanwhile.
        Unprocessable: The site does not know a value, the owner is no researcher, or an annotation
            is not of the sighting.
        Conflict: An annotation that is to be removed does not show it.
    """
    lock(db, encounter.sighting)
    lock(db, encounter)
    place = Place("", f"Encounter {encounter.guid}")
    if change.order.keys() & set(TIME):
        change.values.update(_times(encounter, change))
    if owner := change.values.pop("owner", None):
        encounter.owner_guid = checks.researcher(db, place, owner)
    checker = Checker(services, db)
    set_encounter(
        encounter,
        checks.changed(values_of_encounter(encounter), change, "Encounter", place, checker),
    )
    for action in change.actions:
        if action.name == "annotations" and action.op == "remove":
            detach(db, encounter, action.value)
        elif action.name == "annotations":
            attach(db, encounter, action.value)
    encounter.updated = encounter.sighting.updated = utc_now()
    db.flush()
    db.expire_all()
    return encounter


def _times(encounter: Encounter, change: Change) -> dict[str, Any]:
    """The two halves of the time of an encounter after a change of one or both.

    A half that is missing is that of the sighting. Without a value for the time, or for the
    specificity where it alone is changed, the encounter has no time of its own.
    """
    given = {name: change.values[name] for name in TIME if name in change.values}
    halves, default = times_of(encounter) | given, times_of(encounter.sighting)
    leading = next(name for name in TIME if name in change.order)
    if not halves[leading]:
        return dict.fromkeys(TIME)
    return {name: halves[name] or default[name] for name in TIME}
