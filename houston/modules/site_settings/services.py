"""The services of site settings: reading them, and changing several of them or none."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import select

from houston.core.audit import Action, audit
from houston.core.db.session import Session
from houston.core.errors import ApiError, Conflict, Unprocessable
from houston.core.security.grants import Identity
from houston.core.security.recaptcha import Recaptcha
from houston.core.services import Services
from houston.core.values import quoted
from houston.modules.fileuploads.models import FileReference
from houston.modules.fileuploads.services import delete_file_upload, import_upload
from houston.modules.site_settings.changes import FIELDS, Change, fields_key
from houston.modules.site_settings.custom_fields import CustomFields
from houston.modules.site_settings.models import SiteSetting
from houston.modules.site_settings.nodes import UploadedFileSchema
from houston.modules.site_settings.registry import IMAGES, Key, SettingsRegistry, Visibility
from houston.modules.site_settings.structured import NOUNS
from houston.modules.site_settings.values import (
    Region,
    SettingValues,
    forget_values,
    read_values,
)

MASKED = "(hidden)"
SITE_GUID = "system_guid"
FIELD_KEYS = frozenset(map(fields_key, NOUNS))

Rows = dict[str, SiteSetting]


class Single(NamedTuple):
    """One setting."""

    key: str
    public: bool
    value: Any


def value(services: Services, db: Session, key: str) -> Any:
    """The value of a key, be it secret or not."""
    return read_values(services, db)[key]


def known_regions(services: Services, db: Session) -> Mapping[str, Region]:
    """The regions of the site by their ids in lower case, with placeholders."""
    return read_values(services, db).regions


def known_species(services: Services, db: Session) -> Mapping[str, Mapping[str, Any]]:
    """The species of the site by their ids in lower case, as they are stored."""
    return read_values(services, db).species


def custom_fields(services: Services, db: Session, noun: str) -> CustomFields:
    """The checker of the custom fields of a `Sighting`, an `Encounter` or an `Individual`."""
    return CustomFields(services, db, noun)


def recaptcha(services: Services, db: Session) -> Recaptcha:
    """The reCAPTCHA of the site."""
    values = read_values(services, db)
    return Recaptcha(
        public_key=values["recaptchaPublicKey"] or "",
        secret=values["recaptchaSecretKey"] or "",
        url=services[SettingsRegistry].recaptcha_url,
    )


def all_settings(services: Services, db: Session, audience: Visibility) -> dict[str, Any]:
    """The entry of each key and the flags of the site, as an audience is shown them."""
    registry, values = services[SettingsRegistry], read_values(services, db)
    images = {name: FileReference(guid).src for name, guid in values.files.items()}
    entries = {
        name: _entry(registry.keys[name], described, values, audience)
        for name, described in registry.descriptions.items()
    }
    return {**entries, IMAGES: images, **values.flags}


def single(services: Services, db: Session, key: Key, audience: Visibility) -> Single:
    """One setting; its value is None for an audience that is not shown it."""
    value = read_values(services, db)[key.name] if key.is_shown_to(audience) else None
    return Single(key.name, key.visibility is Visibility.PUBLIC, value)


def change(
    services: Services,
    db: Session,
    caller: Identity,
    audience: Visibility,
    values: Mapping[str, Any],
) -> None:
    """Set keys to new values; None resets a key to its default.

    None changes nothing where the caller is not shown the value, which they send back as they have
    got it.

    Raises:
        Unprocessable: Some values are wrong; all are named, and nothing is changed.
        SettingsConflict: Some values contradict what is stored; all are named.
    """
    keys = services[SettingsRegistry].keys
    wanted = {
        name: value
        for name, value in values.items()
        if value is not None or name not in keys or keys[name].is_shown_to(audience)
    }
    _apply(services, db, caller, wanted)


def reset(services: Services, db: Session, caller: Identity, names: Iterable[str]) -> None:
    """Reset keys to their defaults, secret ones included.

    Raises:
        Unprocessable: A key is read-only.
        SettingsConflict: Objects use the present values.
    """
    _apply(services, db, caller, dict.fromkeys(names))


def remove(
    services: Services, db: Session, caller: Identity, operations: Iterable[Mapping[str, Any]]
) -> None:
    """Reset keys, and remove definitions of custom fields: all of them or none.

    Args:
        services: The parts of the application.
        db: The session.
        caller: The caller.
        operations: Removals; a path is a key, or `site.custom.customFields.<Class>/<id>`.

    Raises:
        Unprocessable: An operation is no removal, or there is no such key.
        Conflict: There is no such definition, or objects have values of it.
    """
    _lock(services, db)
    wanted: dict[str, Any] = {}
    for index, operation in enumerate(operations):
        op, path = operation["op"], operation["path"]
        if op != "remove":
            raise _failure(Unprocessable, index, f"op {quoted(op)} not supported on {quoted(path)}")
        key, _, id = path.removeprefix("/").partition("/")
        if key not in services[SettingsRegistry].keys or (id and key not in FIELD_KEYS):
            raise _failure(Unprocessable, index, f"Key {quoted(key)} Not supported")
        if id:
            present = wanted.get(key) or value(services, db, key)
            wanted[key] = _without(present, key, id, index)
        else:
            wanted[key] = None
    _apply(services, db, caller, wanted)


def _entry(
    key: Key, described: Mapping[str, Any], values: SettingValues, audience: Visibility
) -> Mapping[str, Any]:
    if key.is_file:
        return described
    if audience < key.visibility:
        return {**described, "canView": False}
    value = values[key.name]
    if key.is_secret:
        return {**described, "canView": True, "value": None, "isSet": bool(value)}
    published = value if key.published is None else key.published(value)
    return {**described, "canView": True, "value": published}


def _without(present: Mapping[str, Any], key: str, id: str, index: int) -> dict[str, Any]:
    """The definitions of a class without one of them."""
    before = present.get("definitions", [])
    after = [definition for definition in before if definition["id"] != id]
    if len(after) == len(before):
        noun = key.removeprefix(f"{FIELDS}.")
        raise _failure(Conflict, index, f"invalid guid {quoted(id)} for class {noun}")
    return {"definitions": after}


def _failure(error: type[ApiError], index: int, text: str) -> ApiError:
    return error(text, messages={str(index): [text]})


def _apply(services: Services, db: Session, caller: Identity, wanted: Mapping[str, Any]) -> None:
    """Validate, check and store new values."""
    registry = services[SettingsRegistry]
    values = registry.load(wanted)
    rows = _lock(services, db)
    change = Change(registry, db, read_values(services, db), values)
    _import_files(services, db, caller, change)
    change.check()
    if not change.values:
        return
    orphans = [_store(db, rows, registry.keys[name], change) for name in change.values]
    db.flush()
    for guid in orphans:
        if guid is not None:
            delete_file_upload(db, guid)
    _audit(db, _site_guid(db, rows), registry, change)
    forget_values(services, db)


def _lock(services: Services, db: Session) -> Rows:
    """The rows of all settings; concurrent changes wait, and then see this one."""
    found = select(SiteSetting).order_by(SiteSetting.key).with_for_update()
    rows = {row.key: row for row in db.scalars(found)}
    forget_values(services, db)
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
            change.refuse(name, error.message)
            continue
        if file.mime_type not in node.mime_types:
            expected = ", ".join(node.mime_types)
            change.refuse(name, f"{name} must be one of {expected}, not {quoted(file.mime_type)}")
        change.values[name] = file.guid


def _store(db: Session, rows: Rows, key: Key, change: Change) -> UUID | None:
    """Store the new value of a key; returns the guid of the file that it replaces."""
    row = rows.get(key.name)
    former = row.file_upload_guid if row is not None else None
    if key.name in change.reset:
        if row is not None:
            db.delete(row)
        return former
    if row is None:
        row = rows[key.name] = SiteSetting(key=key.name)
        db.add(row)
    value = change.values[key.name]
    if key.is_file:
        row.value, row.file_upload_guid = None, value
    else:
        row.value = value
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
        name: _masked(registry.keys[name], change.before[name], value)
        for name, value in change.values.items()
        if change.before[name] != value or name in change.reset
    }
    message = f"Setting path: {', '.join(change.values)}"
    audit(db, Action.ACCESS, "SiteSetting", site, message=message, changes=changes)


def _masked(key: Key, before: Any, after: Any) -> dict[str, Any]:
    if key.visibility is Visibility.PRIVATE:
        return {"before": MASKED, "after": MASKED}
    if key.is_file:
        before, after = (None if guid is None else str(guid) for guid in (before, after))
    return {"before": before, "after": after}
