"""Changing settings: all of a change is checked before any of it is stored."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from houston.core.audit import Action, audit
from houston.core.db.session import Session
from houston.core.errors import shown
from houston.core.security.identity import Identity
from houston.core.services import Services
from houston.core.values import can_be_stored
from houston.modules.fileuploads.services import delete_file_upload
from houston.modules.site_settings import snapshot
from houston.modules.site_settings.draft import Draft
from houston.modules.site_settings.keys import KEYS, TABLE, Key, Visibility
from houston.modules.site_settings.kinds import Structure
from houston.modules.site_settings.models import SiteSetting
from houston.modules.site_settings.registered import Registered

MASKED = "(hidden)"
SITE_GUID = "system_guid"

Rows = dict[str, SiteSetting]


def change(
    services: Services,
    db: Session,
    caller: Identity,
    audience: Visibility,
    values: Mapping[str, Any],
) -> None:
    """Give keys these values; null takes one back to its default.

    Null for a key whose value the caller is not shown leaves it as it is: he sends back what he was
    given. Raises Unprocessable or Conflict with every fault, by key.
    """
    wanted = {
        name: value
        for name, value in values.items()
        if value is not None or name not in KEYS or KEYS[name].is_shown_to(audience)
    }
    apply(services, db, caller, wanted)


def reset(services: Services, db: Session, caller: Identity, names: Iterable[str]) -> None:
    """Take keys back to their defaults, secret ones, too; raises as `change` does."""
    apply(services, db, caller, dict.fromkeys(names))


def apply(services: Services, db: Session, caller: Identity, wanted: Mapping[str, Any]) -> None:
    """Store these values, of which None is the default; raises as `change` does."""
    rows = lock(services, db)
    draft = _draft(services, db, caller, wanted)
    for key in TABLE:
        if key.name in draft.proposed:
            draft.settle(key.name, _read(key, draft))
    draft.check()
    if not draft.proposed:
        return
    orphans = [_store(db, rows, name, draft) for name in draft.proposed]
    db.flush()
    for guid in orphans:
        if guid is not None:
            delete_file_upload(db, guid)
    _remember(db, _site_guid(db, rows), draft)
    snapshot.forget(services, db)


def lock(services: Services, db: Session) -> Rows:
    """The rows of all settings; who changes them at once waits, and then sees the others' work."""
    found = select(SiteSetting).order_by(SiteSetting.key).with_for_update()
    rows = {row.key: row for row in db.scalars(found)}
    snapshot.forget(services, db)
    return rows


def _draft(services: Services, db: Session, caller: Identity, wanted: Mapping[str, Any]) -> Draft:
    """The draft of a change, with what is wrong with its keys noted already."""
    defaults = services[Registered].defaults
    proposed = {
        name: defaults[name] if value is None else value
        for name, value in wanted.items()
        if name in KEYS and not KEYS[name].read_only
    }
    reset = {name for name in proposed if wanted[name] is None}
    draft = Draft(services, db, caller, snapshot.snapshot(services, db).values(), proposed, reset)
    for name in wanted.keys() - proposed.keys():
        reason = "is read-only" if name in KEYS else "not supported"
        draft.refuse(shown(name), f"{shown(name)} {reason}")
    return draft


def _read(key: Key, draft: Draft) -> Any:
    """The value of a key as it is stored, with what is wrong with it noted."""
    value = draft.proposed[key.name]
    if key.name in draft.reset:
        return key.kind.reset(key.name, draft) if isinstance(key.kind, Structure) else value
    if not can_be_stored(value):
        draft.refuse(key.name, f"{key.name} contains text or numbers that cannot be stored")
        return value
    return key.kind.read(key.name, value, draft)


def _store(db: Session, rows: Rows, name: str, draft: Draft) -> UUID | None:
    """Put the new value into its row; returns the guid of the file that was there before."""
    row = rows.get(name)
    former = row.file_upload_guid if row is not None else None
    if name in draft.reset:
        if row is not None:
            db.delete(row)
        return former
    if row is None:
        row = rows[name] = SiteSetting(key=name)
        db.add(row)
    value = draft.proposed[name]
    if KEYS[name].is_file:
        row.value, row.file_upload_guid = None, value
    else:
        row.value = value
    return former


def _site_guid(db: Session, rows: Rows) -> UUID:
    """The guid of the site, which it is given by its first change."""
    if SITE_GUID not in rows:
        rows[SITE_GUID] = SiteSetting(key=SITE_GUID, value=str(uuid4()))
        db.add(rows[SITE_GUID])
        db.flush()
    return UUID(rows[SITE_GUID].value)


def _remember(db: Session, site: UUID, draft: Draft) -> None:
    """Tell the audit log what has changed; of private keys, only that they have."""
    changes = {
        name: _masked(KEYS[name], draft.before[name], value)
        for name, value in draft.proposed.items()
        if draft.before[name] != value or name in draft.reset
    }
    audit(
        db,
        Action.ACCESS,
        "SiteSetting",
        site,
        message=f"Setting path: {', '.join(draft.proposed)}",
        changes=changes,
    )


def _masked(key: Key, before: Any, after: Any) -> dict[str, Any]:
    if key.visibility is Visibility.PRIVATE:
        return {"before": MASKED, "after": MASKED}
    if key.is_file:
        before, after = (None if guid is None else str(guid) for guid in (before, after))
    return {"before": before, "after": after}
