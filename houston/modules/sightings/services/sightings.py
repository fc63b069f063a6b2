"""Changes of sightings.

The sighting is locked first, and only the given values change, so that concurrent changes of
different fields are not lost.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from houston.core.api.patch import Change
from houston.core.audit import Action, audit
from houston.core.db.models import lock, next_position
from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.errors import Conflict
from houston.core.services import Services
from houston.modules.asset_groups.services import checks
from houston.modules.asset_groups.services.checks import Checker, Place
from houston.modules.sightings.models import REVIEWED, Encounter, Sighting, sighting_asset
from houston.modules.sightings.services.cascades import Confirmed, remove_encounters
from houston.modules.sightings.services.observations import set_encounter, set_values, values_of

PLAIN = {"name": "name", "comments": "comments", "idConfigs": "id_configs"}
"""The columns of the fields that are stored as they are given."""
OF_SIGHTINGS = sighting_asset.c


def update_sighting(
    services: Services,
    db: Session,
    sighting: Sighting,
    change: Change,
    *,
    owner: UUID,
    confirmed: Confirmed,
) -> Sighting | None:
    """Change a sighting; encounters are removed last, whatever the order of the operations is.

    Args:
        services: The parts of the application.
        db: The session.
        sighting: The sighting.
        change: The change.
        owner: The owner of new encounters.
        confirmed: What may be deleted with removed encounters.

    Returns:
        The sighting, or None if it was deleted with its last encounter.

    Raises:
        NotFound: It was deleted meanwhile.
        Unprocessable: The site does not know a value.
        Conflict: It does not have the featured asset, or an encounter that is removed.
        CascadeRefused: More would be deleted than is confirmed.
    """
    lock(db, sighting)
    checker = Checker(services, db)
    _set_values(db, sighting, change, checker)
    removed = set[UUID]()
    for action in change.actions:
        if action.name == "assetId":
            _link(db, sighting, action.value)
        elif action.name == "encounters" and action.op == "add":
            _add_encounter(db, sighting, action.value, owner, checker)
        elif action.name == "encounters":
            removed.add(action.value)
    if "featuredAssetGuid" in change.values:
        _feature(sighting, change.values["featuredAssetGuid"])
    sighting.updated = utc_now()
    db.flush()
    if not removed:
        return sighting
    deleted = remove_encounters(services, db, sighting, removed, confirmed)
    return None if deleted.sighting else sighting


def removed_encounters(db: Session, value: UUID | Mapping[str, Any]) -> Collection[UUID]:
    """The guid of an encounter that exists, and that a change removes; the values add one."""
    if not isinstance(value, UUID):
        return ()
    return db.scalars(select(Encounter.guid).where(Encounter.guid == value)).all()


def feature_asset(db: Session, sighting: Sighting, guid: UUID) -> None:
    """Choose the asset that stands for a sighting.

    Raises:
        NotFound: The sighting was deleted meanwhile.
        Conflict: It does not have the asset.
    """
    lock(db, sighting)
    _feature(sighting, guid)
    db.flush()


def _set_values(db: Session, sighting: Sighting, change: Change, checker: Checker) -> None:
    """Set the fields that have values.

    Raises:
        Unprocessable: The site does not know one.
    """
    place, given = Place("", f"Sighting {sighting.guid}"), change.values
    values = checks.changed(values_of(sighting), change, "Sighting", place, checker)
    set_values(sighting, values)
    for name in PLAIN.keys() & given.keys():
        setattr(sighting, PLAIN[name], given[name])
    if "taxonomies" in given:
        sighting.set_species(map(UUID, given["taxonomies"]))
        _audit(db, sighting, f"set the species to {', '.join(given['taxonomies'])}")
    if "match_state" in given:
        sighting.match_state = given["match_state"]
        sighting.review_time = utc_now() if sighting.match_state in REVIEWED else None


def _add_encounter(
    db: Session, sighting: Sighting, values: dict[str, Any], owner: UUID, checker: Checker
) -> None:
    checker.run(checks.ENCOUNTER, values, Place("encounters", f"Encounter of {sighting.guid}"))
    checker.finish()
    encounter = Encounter(
        owner_guid=owner,
        position=len(sighting.encounters),
        annotations=[],
    )
    set_encounter(encounter, values)
    sighting.encounters.append(encounter)
    db.flush()


def _link(db: Session, sighting: Sighting, asset: UUID) -> None:
    """Add an asset to those of a sighting, unless it has it."""
    if asset in (each.guid for each in sighting.assets):
        return
    own = OF_SIGHTINGS.sighting_guid == sighting.guid
    position = next_position(db, OF_SIGHTINGS.position, own)
    values = {"sighting_guid": sighting.guid, "asset_guid": asset, "position": position}
    db.execute(insert(sighting_asset).values(values))
    db.expire(sighting, ["assets"])
    _audit(db, sighting, f"added the asset {asset}")


def _feature(sighting: Sighting, guid: UUID | None) -> None:
    if guid is not None and guid not in (asset.guid for asset in sighting.assets):
        text = f"featuredAssetGuid {guid} is no asset of Sighting {sighting.guid}"
        raise Conflict.about("featuredAssetGuid", text)
    sighting.featured_asset_guid = guid


def _audit(db: Session, sighting: Sighting, deed: str) -> None:
    message = f"{deed} of Sighting {sighting.guid}"
    audit(db, Action.UPDATE, "Sighting", sighting.guid, message=message)
