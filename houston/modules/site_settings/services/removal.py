"""PATCH of all settings, which knows one verb: taking a key back, or a custom field away."""

from collections.abc import Iterable, Mapping
from typing import Any

from houston.core.db.session import Session
from houston.core.errors import ApiError, Conflict, Unprocessable, shown
from houston.core.security.identity import Identity
from houston.core.services import Services
from houston.modules.site_settings.keys import KEYS
from houston.modules.site_settings.services.writing import apply, lock
from houston.modules.site_settings.snapshot import snapshot
from houston.modules.site_settings.structures.categories import CLASSES, FIELDS

FIELD_KEYS = {f"{FIELDS}.{noun}": noun for noun in CLASSES}


def remove(
    services: Services, db: Session, caller: Identity, operations: Iterable[Mapping[str, Any]]
) -> None:
    """Do all of the removals, or none.

    A path is a key, or `site.custom.customFields.<Class>/<id>`. Raises Conflict for what is in use,
    whatever the operation's `force` says, with the number of values as `numValues`.
    """
    lock(services, db)
    wanted: dict[str, Any] = {}
    for index, operation in enumerate(operations):
        op, path = operation["op"], operation["path"]
        if op != "remove":
            raise _failure(Unprocessable, index, f"op {shown(op)} not supported on {shown(path)}")
        key, _, id = path.removeprefix("/").partition("/")
        if key not in KEYS or (id and key not in FIELD_KEYS):
            raise _failure(Unprocessable, index, f"Key {shown(key)} Not supported")
        wanted[key] = _without(services, db, wanted, key, id, index) if id else None
    apply(services, db, caller, wanted)


def _without(
    services: Services, db: Session, wanted: Mapping[str, Any], key: str, id: str, index: int
) -> dict[str, Any]:
    """The definitions of a class but one, after the removals before this."""
    present = wanted.get(key) or snapshot(services, db).value(key)
    before = present.get("definitions", [])
    kept = [definition for definition in before if definition["id"] != id]
    if len(kept) == len(before):
        text = f"invalid guid {shown(id)} for class {FIELD_KEYS[key]}"
        raise _failure(Conflict, index, text)
    return {"definitions": kept}


def _failure(error: type[ApiError], index: int, text: str) -> ApiError:
    return error(text, messages={str(index): [text]})
