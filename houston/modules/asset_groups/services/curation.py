"""Changing a reported sighting while it is curated.

The sighting is locked first and changed key by key, so that of two changes at once none is lost.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from houston.core.api.patch import Change, PatchAction
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
from houston.modules.asset_groups.services.annotations import assign
from houston.modules.asset_groups.services.checks import Faults, Place, look_up
from houston.modules.asset_groups.services.creation import encounter_of
from houston.modules.asset_groups.services.references import apply_reference
from houston.modules.asset_groups.services.stages import lock

FIELDS = "customFields"


def update_sighting(
    services: Services, db: Session, sighting: AssetGroupSighting, change: Change
) -> AssetGroupSighting:
    """Change a reported sighting as PATCH asks, all or nothing.

    Raises Unprocessable for what would be refused in a new one, and Conflict for annotations while
    the sighting is not curated.
    """
    lock(db, sighting)
    values = plain(change.values)
    fields = [action for action in change.actions if action.name == FIELDS]
    place = Place("", f"Sighting {sighting.guid}")
    sighting.sighting = changed(
        services, db, checks.SIGHTING, sighting.sighting, values, fields, place
    )
    _check_featured(db, sighting, values.get("featuredAssetGuid"))
    for action in change.actions:
        if action.name == "encounters":
            _apply_encounter(services, db, sighting, action)
        elif action.name == "assetReferences":
            apply_reference(db, sighting, action)
    sighting.updated = utc_now()
    db.flush()
    return sighting


def changed(
    services: Services,
    db: Session,
    rules: checks.Checks,
    stored: Mapping[str, Any],
    values: Mapping[str, Any],
    fields: list[PatchAction],
    place: Place,
) -> dict[str, Any]:
    """What is stored, with some values changed and with custom fields merged key by key.

    Raises Unprocessable with all that is wrong with what was changed.
    """
    after = {**stored, **values}
    custom = dict(stored.get(FIELDS) or {})
    given: dict[str, Any] = {FIELDS: {}}
    for action in fields:
        if action.op == "remove":
            custom.pop(action.value, None)
        else:
            given[FIELDS].update(action.value)
    faults, lookups = Faults(), look_up(services, db, [values.get("ownerEmail")])
    checks.run(rules, after, place, lookups, faults, changed=values)
    checks.run(rules, given, place, lookups, faults)
    faults.check()
    return {**after, FIELDS: {**custom, **given[FIELDS]}} if fields else after


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values that were read, as JSON has them."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list):
        return [_plain(member) for member in value]
    return value


def _check_featured(db: Session, sighting: AssetGroupSighting, guid: str | None) -> None:
    """What is featured must be an asset of the sighting."""
    if guid is None:
        return
    belonging = asset_group_sighting_asset.c
    own = select(belonging.asset_guid).where(
        belonging.asset_group_sighting_guid == sighting.guid, belonging.asset_guid == UUID(guid)
    )
    if db.scalar(own) is None:
        text = f"featuredAssetGuid {guid} is no asset of AssetGroupSighting {sighting.guid}"
        raise Unprocessable(text, messages={"featuredAssetGuid": [text]})


def _apply_encounter(
    services: Services, db: Session, sighting: AssetGroupSighting, action: PatchAction
) -> None:
    """One that is not there is as good as removed."""
    if action.op == "add":
        _add_encounter(services, db, sighting, action.value)
        return
    encounter = db.get(AssetGroupSightingEncounter, action.value)
    if encounter is not None and encounter.asset_group_sighting_guid == sighting.guid:
        sighting.encounters.remove(encounter)
        db.flush()


def _add_encounter(
    services: Services, db: Session, sighting: AssetGroupSighting, values: dict[str, Any]
) -> None:
    faults, lookups = Faults(), look_up(services, db, [values.get("ownerEmail")])
    place = Place("encounters", f"Encounter of Sighting {sighting.guid}")
    checks.run(checks.ENCOUNTER, values, place, lookups, faults)
    faults.check()
    positions = select(func.max(AssetGroupSightingEncounter.position)).where(
        AssetGroupSightingEncounter.asset_group_sighting_guid == sighting.guid
    )
    last = db.scalar(positions)
    row = encounter_of(values, 0 if last is None else last + 1, lookups)
    row.asset_group_sighting = sighting
    db.add(row)
    db.flush()
    assign(db, row, values.get("annotations", []))
