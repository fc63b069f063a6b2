"""The changes of asset group sightings and of their encounters in curation.

The sighting is locked first, and its custom fields change one by one, so that concurrent changes
are not lost.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from houston.core.api.patch import Change
from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.errors import Unprocessable
from houston.core.services import Services
from houston.modules.asset_groups.models import (
    AssetGroupSighting,
    AssetGroupSightingEncounter,
    asset_group_sighting_asset,
)
from houston.modules.asset_groups.services import checks
from houston.modules.asset_groups.services.annotations import assign, unassign
from houston.modules.asset_groups.services.checks import Faults, Lookups, Place, look_up
from houston.modules.asset_groups.services.creation import encounter_of
from houston.modules.asset_groups.services.references import apply_reference
from houston.modules.asset_groups.services.stages import lock
from houston.modules.users.models import User

FIELDS = "customFields"


def update_sighting(
    services: Services, db: Session, sighting: AssetGroupSighting, change: Change
) -> AssetGroupSighting:
    """Change an asset group sighting.

    Raises:
        NotFound: It was deleted meanwhile.
        Unprocessable: The site does not know a value, or the asset group a file.
        Conflict: It is not in curation, and annotations are assigned to a new encounter.
    """
    lock(db, sighting)
    place = Place("", f"Sighting {sighting.guid}")
    lookups = look_up(services, db)
    sighting.sighting = _changed(sighting.sighting, change, checks.SIGHTING, place, lookups)
    _check_featured(db, sighting, change.values.get("featuredAssetGuid"))
    for action in change.actions:
        if action.name == "encounters" and action.op == "add":
            _add_encounter(services, db, sighting, action.value)
        elif action.name == "encounters":
            _remove_encounter(db, sighting, action.value)
        elif action.name == "assetReferences":
            apply_reference(db, sighting, action)
    sighting.updated = utc_now()
    db.flush()
    return sighting


def update_encounter(
    services: Services, db: Session, encounter: AssetGroupSightingEncounter, change: Change
) -> AssetGroupSightingEncounter:
    """Change an encounter of an asset group sighting.

    Raises:
        NotFound: The sighting was deleted meanwhile.
        Unprocessable: The site does not know a value, or the sighting an annotation.
        Conflict: The sighting is not in curation, and annotations are assigned.
    """
    lock(db, encounter.asset_group_sighting)
    place = Place("", f"Encounter {encounter.guid}")
    lookups = look_up(services, db, [change.values.get("ownerEmail")])
    encounter.encounter = _changed(encounter.encounter, change, checks.ENCOUNTER, place, lookups)
    if "ownerEmail" in change.values:
        encounter.owner_guid = lookups.owner(change.values["ownerEmail"])
    for action in change.actions:
        if action.name == "owner":
            encounter.owner_guid = _researcher(db, encounter, action.value)
        elif action.name == "annotations" and action.op == "remove":
            unassign(db, encounter, action.value)
        elif action.name == "annotations":
            assign(db, encounter, action.value)
    encounter.asset_group_sighting.updated = utc_now()
    db.flush()
    return encounter


def _changed(
    stored: Mapping[str, Any],
    change: Change,
    rules: checks.Checks,
    place: Place,
    lookups: Lookups,
) -> dict[str, Any]:
    """The stored values after a change, with custom fields merged by key.

    Raises:
        Unprocessable: With all faults of the changed values.
    """
    after = {**stored, **change.values}
    custom, given = dict(stored.get(FIELDS) or {}), dict[str, Any]()
    actions = [action for action in change.actions if action.name == FIELDS]
    for action in actions:
        if action.op == "remove":
            custom.pop(action.value, None)
        else:
            given.update(action.value)
    faults, fields = Faults(), {FIELDS: given}
    checks.run(rules, after, place, lookups, faults, changed=change.values)
    checks.run(rules, fields, place, lookups, faults)
    faults.check()
    return {**after, FIELDS: custom | fields[FIELDS]} if actions else after


def _check_featured(db: Session, sighting: AssetGroupSighting, guid: str | None) -> None:
    if guid is None:
        return
    of_sightings = asset_group_sighting_asset.c
    own = select(of_sightings.asset_guid).where(
        of_sightings.asset_group_sighting_guid == sighting.guid,
        of_sightings.asset_guid == UUID(guid),
    )
    if db.scalar(own) is None:
        text = f"featuredAssetGuid {guid} is no asset of AssetGroupSighting {sighting.guid}"
        raise Unprocessable(text, messages={"featuredAssetGuid": [text]})


def _add_encounter(
    services: Services, db: Session, sighting: AssetGroupSighting, values: dict[str, Any]
) -> None:
    faults, lookups = Faults(), look_up(services, db, [values.get("ownerEmail")])
    place = Place("encounters", f"Encounter of Sighting {sighting.guid}")
    checks.run(checks.ENCOUNTER, values, place, lookups, faults)
    faults.check()
    own = AssetGroupSightingEncounter.asset_group_sighting_guid == sighting.guid
    last = db.scalar(select(func.max(AssetGroupSightingEncounter.position)).where(own))
    row = encounter_of(values, 0 if last is None else last + 1, lookups)
    row.asset_group_sighting = sighting
    db.add(row)
    db.flush()
    assign(db, row, values.get("annotations", []))


def _remove_encounter(db: Session, sighting: AssetGroupSighting, guid: UUID) -> None:
    """Remove an encounter, if the sighting has it."""
    encounter = db.get(AssetGroupSightingEncounter, guid)
    if encounter is not None and encounter.asset_group_sighting_guid == sighting.guid:
        sighting.encounters.remove(encounter)
        db.flush()


def _researcher(db: Session, encounter: AssetGroupSightingEncounter, guid: UUID) -> UUID:
    wanted = select(User.guid).where(User.guid == guid, User.is_active, User.is_researcher)
    if db.scalar(wanted) is None:
        text = f"Encounter {encounter.guid} owner {guid} is not a researcher"
        raise Unprocessable(text, messages={"owner": [text]})
    return guid
