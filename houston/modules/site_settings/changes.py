"""Changes of settings, of several or none: their check, their storage and their audit."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, ClassVar
from uuid import UUID, uuid4

from colander import drop
from sqlalchemy import select

from houston.core.audit import Action, audit
from houston.core.db.session import Session
from houston.core.errors import Conflict, Unprocessable, summary
from houston.core.events import Events
from houston.core.schema.nodes import Integer
from houston.core.security.grants import Identity
from houston.core.services import Services
from houston.core.values import quoted
from houston.modules.fileuploads.services import delete_file_upload, import_upload
from houston.modules.site_settings.events import SettingsChanged
from houston.modules.site_settings.models import SiteSetting
from houston.modules.site_settings.registry import (
    Key,
    SettingsRegistry,
    UploadedFileSchema,
    Visibility,
)
from houston.modules.site_settings.structured import FIELDS, NOUNS

MASKED = {"before": "(hidden)", "after": "(hidden)"}
SITE_GUID = "system_guid"
KIND = "customFields."
"""The beginning of the kinds of the ids of custom fields."""
FIELD_KEYS = frozenset(FIELDS + noun for noun in NOUNS)

Rows = dict[str, SiteSetting]


class SettingsConflict(Conflict):
    """The change contradicts what is stored, or takes away what objects use."""

    members: ClassVar = (
        Integer(
            1,
            name="numValues",
            missing=drop,
            description="The number of values of custom fields in the way.",
        ),
    )


class Change:
    """New values of settings.

    Attributes:
        before: The present values.
        values: The new values by key.
        reset: The keys that are reset to their defaults, which are their new values.
        uses: `uses(kind, ids)`: the number of objects that use each of some ids.
        wrong: The messages about values that are wrong, by key.
        contradicting: The messages about values that contradict what is stored, by key.
        num_values: The number of values of custom fields that the change would make invalid.
    """

    def __init__(self, registry: SettingsRegistry, db: Session, values: Mapping[str, Any]) -> None:
        self._keys = registry.keys
        self.before = registry.read(db)
        self.reset = {name for name, value in values.items() if value is None}
        self.values = {**values, **{name: registry.defaults[name] for name in self.reset}}
        self.uses = partial(registry.usage, db)
        self.wrong: dict[str, list[str]] = defaultdict(list)
        self.contradicting: dict[str, list[str]] = defaultdict(list)
        self.num_values = 0

    def after(self, key: str) -> Any:
        """The value of a key after the change."""
        return self.values[key] if key in self.values else self.before[key]

    def check(self) -> None:
        """Check the new values in the order of the keys.

        Raises:
            Unprocessable: Some values are wrong; they are named.
            SettingsConflict: Some values contradict what is stored; they are named.
        """
        for name, key in self._keys.items():
            if key.check is not None and name in self.values:
                key.check(self)
        messages = {**self.wrong}
        for name, texts in self.contradicting.items():
            messages[name] = messages.get(name, []) + texts
        if self.wrong:
            raise Unprocessable(summary(messages), messages=messages)
        if messages:
            extra: dict[str, Any] = {"numValues": self.num_values} if self.num_values else {}
            raise SettingsConflict(summary(messages), messages=messages, **extra)


def change(
    services: Services,
    db: Session,
    caller: Identity,
    values: Mapping[str, Any],
    audience: Visibility | None = None,
) -> None:
    """Set keys to new values; None resets a key to its default.

    Where a given `audience` is not shown the value, None changes nothing: they send it back as they
    have got it.

    Raises:
        Unprocessable: Some values are wrong; all are named, and nothing is changed.
        SettingsConflict: Some values contradict what is stored; all are named.
    """
    registry = services[SettingsRegistry]
    keys = registry.keys
    wanted = {
        name: value
        for name, value in values.items()
        if value is not None
        or audience is None
        or name not in keys
        or keys[name].is_shown_to(audience)
    }
    loaded = registry.load(wanted)
    rows = _lock(registry, db)
    change = Change(registry, db, loaded)
    _import_files(services, db, caller, change)
    change.check()
    if not change.values:
        return
    orphans = [_store(db, rows, keys[name], change) for name in change.values]
    db.flush()
    for guid in filter(None, orphans):
        delete_file_upload(db, guid)
    _audit(db, _site_guid(db, rows), registry, change)
    registry.forget(db)
    services[Events].publish(db, SettingsChanged(caller, change.before, change.values))


def remove(
    services: Services, db: Session, caller: Identity, operations: Iterable[Mapping[str, Any]]
) -> None:
    """Reset keys, and remove definitions of custom fields: all of them or none.

    The path of an operation is a key, or `site.custom.customFields.<Class>/<id>`. By `force`, the
    values that objects have of the definition are deleted, too.

    Raises:
        Unprocessable: An operation is no removal, or there is no such key.
        Conflict: There is no such definition, or objects have values of it that stay.
    """
    registry = services[SettingsRegistry]
    _lock(registry, db)
    wanted: dict[str, Any] = {}
    for index, operation in enumerate(operations):
        op, path = operation["op"], operation["path"]
        if op != "remove":
            raise Unprocessable.about(
                str(index), f"op {quoted(op)} not supported on {quoted(path)}"
            )
        key, _, id = path.removeprefix("/").partition("/")
        if key not in registry.keys or (id and key not in FIELD_KEYS):
            raise Unprocessable.about(str(index), f"Key {quoted(key)} Not supported")
        if id:
            present = wanted.get(key) or registry.read(db)[key]
            wanted[key] = _without(present, key, id, index)
            if operation["force"]:
                registry.clear(db, KIND + key.removeprefix(FIELDS), id)
        else:
            wanted[key] = None
    change(services, db, caller, wanted)


def _without(present: Mapping[str, Any], key: str, id: str, index: int) -> dict[str, Any]:
    """The definitions of a class without one of them."""
    before = present.get("definitions", [])
    after = [definition for definition in before if definition["id"] != id]
    if len(after) == len(before):
        noun = key.removeprefix(FIELDS)
        raise Conflict.about(str(index), f"invalid guid {quoted(id)} for class {noun}")
    return {"definitions": after}


def _lock(registry: SettingsRegistry, db: Session) -> Rows:
    """The rows of all settings; concurrent changes wait, and then see this one."""
    found = select(SiteSetting).order_by(SiteSetting.key).with_for_update()
    rows = {row.key: row for row in db.scalars(found)}
    registry.forget(db)
    return rows


def _import_files(services: Services, db: Session, caller: Identity, change: Change) -> None:
    """Replace uploads by the guids of the file uploads that are made of them."""
    for name, upload in change.values.items():
        node = services[SettingsRegistry].keys[name].node
        if upload is None or not isinstance(node, UploadedFileSchema):
            continue
        transaction, path = upload["transactionId"], upload["transactionPath"] or None
        try:
            file = import_upload(services, db, caller, transaction, path)
        except Unprocessable as error:
            change.wrong[name].append(error.message)
            continue
        if file.mime_type not in node.mime_types:
            expected = ", ".join(node.mime_types)
            text = f"{name} must be one of {expected}, not {quoted(file.mime_type)}"
            change.wrong[name].append(text)
        change.values[name] = file.guid


def _store(db: Session, rows: Rows, key: Key, change: Change) -> UUID | None:
    """Store the new value of a key; returns the guid of the file that it replaces."""
    row = rows.get(key.name) or SiteSetting(key=key.name)
    former, value = row.file_upload_guid, change.values[key.name]
    if key.name not in change.reset:
        row.value, row.file_upload_guid = (None, value) if key.is_file else (value, None)
        db.add(row)
    elif key.name in rows:
        db.delete(row)
    return former


def _site_guid(db: Session, rows: Rows) -> UUID:
    """The guid of the site, which its first change makes."""
    if SITE_GUID not in rows:
        rows[SITE_GUID] = SiteSetting(key=SITE_GUID, value=str(uuid4()))
        db.add(rows[SITE_GUID])
        db.flush()
    return UUID(rows[SITE_GUID].value)


def _audit(db: Session, site: UUID, registry: SettingsRegistry, change: Change) -> None:
    """Add an entry to the audit log, in which values of private keys are masked."""
    changes = {
        name: _audited(registry.keys[name], change.before[name], value)
        for name, value in change.values.items()
        if change.before[name] != value or name in change.reset
    }
    message = f"Setting path: {', '.join(change.values)}"
    audit(db, Action.ACCESS, "SiteSetting", site, message=message, changes=changes)


def _audited(key: Key, before: Any, after: Any) -> dict[str, Any]:
    if key.visibility is Visibility.PRIVATE:
        return MASKED
    if key.is_file:
        before, after = (None if guid is None else str(guid) for guid in (before, after))
    return {"before": before, "after": after}
