"""Changing one animal of a reported sighting while it is curated."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from houston.core.api.patch import Change, PatchAction
from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.errors import Unprocessable
from houston.core.services import Services
from houston.core.values import GUID_FORM
from houston.modules.asset_groups.models import AssetGroupSightingEncounter
from houston.modules.asset_groups.services import checks
from houston.modules.asset_groups.services.annotations import assign, unassign
from houston.modules.asset_groups.services.checks import Place
from houston.modules.asset_groups.services.curation import FIELDS, changed, plain
from houston.modules.asset_groups.services.stages import lock
from houston.modules.users.models import User, folded


def update_encounter(
    services: Services, db: Session, encounter: AssetGroupSightingEncounter, change: Change
) -> AssetGroupSightingEncounter:
    """Change an animal of a reported sighting as PATCH asks, all or nothing.

    Raises Unprocessable for what would be refused in a new one, and Conflict for annotations while
    the sighting is not curated.
    """
    lock(db, encounter.asset_group_sighting)
    values = plain(change.values)
    fields = [action for action in change.actions if action.name == FIELDS]
    place = Place("", f"Encounter {encounter.guid}")
    encounter.encounter = changed(
        services, db, checks.ENCOUNTER, encounter.encounter, values, fields, place
    )
    if "ownerEmail" in values:
        encounter.owner_guid = _owner_of(db, values["ownerEmail"])
    for action in change.actions:
        if action.name == "owner":
            encounter.owner_guid = _researcher(db, encounter, action.value)
        elif action.name == "annotations":
            _apply_annotation(db, encounter, action)
    encounter.asset_group_sighting.updated = utc_now()
    db.flush()
    return encounter


def _owner_of(db: Session, email: str | None) -> UUID | None:
    if not email:
        return None
    return db.scalar(select(User.guid).where(User.email_folded == folded(email), User.is_active))


def _researcher(db: Session, encounter: AssetGroupSightingEncounter, guid: UUID) -> UUID:
    wanted = select(User.guid).where(User.guid == guid, User.is_active, User.is_researcher)
    if db.scalar(wanted) is None:
        text = f"Encounter {encounter.guid} owner {guid} is not a researcher"
        raise Unprocessable(text, messages={"owner": [text]})
    return guid


def _apply_annotation(
    db: Session, encounter: AssetGroupSightingEncounter, action: PatchAction
) -> None:
    if action.op == "remove":
        unassign(db, encounter, action.value)
        return
    given = action.value if isinstance(action.value, list) else [action.value]
    assign(db, encounter, [_guid(encounter, each) for each in given])


def _guid(encounter: AssetGroupSightingEncounter, value: Any) -> UUID:
    if isinstance(value, str) and GUID_FORM.match(value):
        return UUID(value)
    text = f"Encounter {encounter.guid} annotation:{str(value)[:100]} not found"
    raise Unprocessable(text, messages={"annotations": [text]})
