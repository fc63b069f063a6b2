"""The changes of asset group sightings and of their encounters in curation.

The sighting is locked first, and its custom fields change one by one, so that concurrent changes
are not lost.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from houston.core.api.patch import Change
from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.services import Services
from houston.modules.asset_groups.models import AssetGroupSighting, AssetGroupSightingEncounter
from houston.modules.asset_groups.services import checks, contents
from houston.modules.asset_groups.services.checks import Checker, Place, fault
from houston.modules.asset_groups.services.groups import encounter_of
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
    checker = Checker(services, db)
    sighting.sighting = _changed(sighting.sighting, change, checks.SIGHTING, place, checker)
    _check_featured(sighting, change.values.get("featuredAssetGuid"))
    for action in change.actions:
        if action.name == "encounters" and action.op == "add":
            _add_encounter(services, db, sighting, action.value)
        elif action.name == "encounters":
            _remove_encounter(db, sighting, action.value)
        elif action.name == "assetReferences":
            contents.apply_reference(db, sighting, action)
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
    checker = Checker(services, db, [change.values.get("ownerEmail")])
    encounter.encounter = _changed(encounter.encounter, change, checks.ENCOUNTER, place, checker)
    if "ownerEmail" in change.values:
        encounter.owner_guid = checker.owner(change.values["ownerEmail"])
    for action in change.actions:
        if action.name == "owner":
            encounter.owner_guid = _researcher(db, encounter, action.value)
        elif action.name == "annotations" and action.op == "remove":
            contents.unassign(db, encounter, action.value)
        elif action.name == "annotations":
            contents.assign(db, encounter, action.value)
    encounter.asset_group_sighting.updated = utc_now()
    db.flush()
    return encounter


def _changed(
    stored: Mapping[str, Any], change: Change, rules: checks.Rules, place: Place, checker: Checker
) -> dict[str, Any]:
    """The stored values after a change, with custom fields merged by key.

    Raises:
        Unprocessable: With all faults of the changed values.
    """
    after, custom = {**stored, **change.values}, dict(stored.get(FIELDS) or {})
    actions = [action for action in change.actions if action.name == FIELDS]
    touched = change.values.keys() | {action.name for action in actions}
    if actions:
        after[FIELDS] = {}
    for action in actions:
        if action.op == "remove":
            custom.pop(action.value, None)
        else:
            after[FIELDS].update(action.value)
    checker.run(rules, after, place, touched)
    checker.finish()
    if actions:
        after[FIELDS] = custom | after[FIELDS]
    return after


def _check_featured(sighting: AssetGroupSighting, guid: str | None) -> None:
    if guid is not None and UUID(guid) not in (asset.guid for asset in sighting.assets):
        text = f"featuredAssetGuid {guid} is no asset of AssetGroupSighting {sighting.guid}"
        raise fault("featuredAssetGuid", text)


def _add_encounter(
    services: Services, db: Session, sighting: AssetGroupSighting, values: dict[str, Any]
) -> None:
    checker = Checker(services, db, [values.get("ownerEmail")])
    place = Place("encounters", f"Encounter of Sighting {sighting.guid}")
    checker.run(checks.ENCOUNTER, values, place)
    checker.finish()
    own = AssetGroupSightingEncounter.asset_group_sighting_guid == sighting.guid
    position = contents.next_position(db, AssetGroupSightingEncounter.position, own)
    row = encounter_of(values, position, checker)
    row.asset_group_sighting = sighting
    db.add(row)
    db.flush()
    contents.assign(db, row, values.get("annotations", []))


def _remove_encounter(db: Session, sighting: AssetGroupSighting, guid: UUID) -> None:
    """Remove an encounter, if the sighting has it."""
    encounter = db.get(AssetGroupSightingEncounter, guid)
    if encounter is not None and encounter.asset_group_sighting_guid == sighting.guid:
        sighting.encounters.remove(encounter)
        db.flush()


def _researcher(db: Session, encounter: AssetGroupSightingEncounter, guid: UUID) -> UUID:
    wanted = select(User.guid).where(User.guid == guid, User.is_active, User.is_researcher)
    if db.scalar(wanted) is None:
        raise fault("owner", f"Encounter {encounter.guid} owner {guid} is not a researcher")
    return guid
