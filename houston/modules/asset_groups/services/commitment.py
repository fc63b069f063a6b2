"""Committing: a reported sighting is handed over to whoever keeps sightings."""

from houston.core.db.session import Session
from houston.core.errors import Conflict, Unprocessable
from houston.core.services import Services
from houston.modules.asset_groups.models import AssetGroupSighting
from houston.modules.asset_groups.pipeline import Case, Event, fire
from houston.modules.asset_groups.pipeline.machine import transition_of
from houston.modules.asset_groups.receiver import receiver_of
from houston.modules.asset_groups.services import checks
from houston.modules.asset_groups.services.checks import Faults, Place, look_up
from houston.modules.asset_groups.services.locks import lock_sighting

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
    lock_sighting(db, sighting)
    case = Case(db, sighting)
    transition_of(Event.COMMITTED, case)
    receive = receiver_of(services)
    if receive is None:
        raise Conflict(NO_RECEIVER)
    _check(services, db, sighting)
    sighting.sighting_guid = receive(db, sighting)
    fire(Event.COMMITTED, case)
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
