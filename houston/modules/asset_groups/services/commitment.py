"""Committing: an asset group sighting becomes a sighting of the module that has them."""

from houston.core.db.session import Session
from houston.core.errors import Conflict, Unprocessable
from houston.core.services import Services
from houston.modules.asset_groups.effects import Context
from houston.modules.asset_groups.models import AssetGroupSighting
from houston.modules.asset_groups.pipeline import Event, fire, transition_of
from houston.modules.asset_groups.services import checks
from houston.modules.asset_groups.services.checks import Faults, Place, look_up
from houston.modules.asset_groups.services.stages import SightingCreator, lock

NO_SIGHTINGS = "This server has no sightings yet; the asset group sighting can be committed later."


def commit_sighting(
    services: Services, db: Session, sighting: AssetGroupSighting
) -> AssetGroupSighting:
    """Create a sighting from an asset group sighting.

    Raises:
        Conflict: It is not in curation, or no module has sightings.
        Unprocessable: Values are missing, or are unknown to the site by now.
    """
    lock(db, sighting)
    context = Context(db, sighting)
    transition_of(Event.COMMITTED, context)
    create = services[SightingCreator].create
    if create is None:
        raise Conflict(NO_SIGHTINGS)
    _check(services, db, sighting)
    sighting.sighting_guid = create(db, sighting)
    fire(Event.COMMITTED, context)
    db.flush()
    return sighting


def _check(services: Services, db: Session, sighting: AssetGroupSighting) -> None:
    """Check the values again: the site may have changed since they were given."""
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
