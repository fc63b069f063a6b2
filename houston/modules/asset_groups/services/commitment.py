"""Committing: a reported sighting is handed over to whoever keeps sightings."""

from houston.core.db.session import Session
from houston.core.errors import Conflict, Unprocessable
from houston.core.services import Services
from houston.modules.asset_groups.effects import Context
from houston.modules.asset_groups.models import AssetGroupSighting
from houston.modules.asset_groups.pipeline import Event, fire, transition_of
from houston.modules.asset_groups.services import checks
from houston.modules.asset_groups.services.checks import Faults, Place, look_up
from houston.modules.asset_groups.services.stages import SightingCreator, lock

NO_RECEIVER = (
    "This server keeps no sightings yet: the sighting stays as it is, to be committed later."
)


def commit_sighting(
    services: Services, db: Session, sighting: AssetGroupSighting
) -> AssetGroupSighting:
    """Make a sighting of a reported one.

    Raises Conflict unless it is curated and there is somebody to receive it, and Unprocessable
    where it is not fit to be a sighting.
    """
    lock(db, sighting)
    context = Context(db, sighting)
    transition_of(Event.COMMITTED, context)
    create = services[SightingCreator].create
    if create is None:
        raise Conflict(NO_RECEIVER)
    _check(services, db, sighting)
    sighting.sighting_guid = create(db, sighting)
    fire(Event.COMMITTED, context)
    db.flush()
    return sighting


def _check(services: Services, db: Session, sighting: AssetGroupSighting) -> None:
    """What was good when it was reported may not be any more."""
    if not sighting.sighting:
        raise Unprocessable(f"AssetGroupSighting {sighting.guid} has no metadata")
    encounters = sighting.encounters
    lookups = look_up(
        services, db, [encounter.encounter.get("ownerEmail") for encounter in encounters]
    )
    faults, place = Faults(), Place("", f"Sighting {sighting.guid}")
    checks.run(checks.COMMITTED_SIGHTING, sighting.sighting, place, lookups, faults)
    for position, encounter in enumerate(encounters):
        inner = Place(f"encounters.{position}", f"Encounter {encounter.guid}")
        checks.run(checks.ENCOUNTER, encounter.encounter, inner, lookups, faults)
    faults.check()
