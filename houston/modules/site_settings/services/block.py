"""The settings as clients read them: with words on each, and values where the caller may see them.

Pages ask for all of them again and again, so that all but the values is made at start.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from houston.core.db.session import Session
from houston.core.services import Services
from houston.modules.fileuploads.models import FileReference
from houston.modules.site_settings.keys import FLAGS, IMAGES, KEYS, TABLE, Key, Visibility
from houston.modules.site_settings.registered import Registered
from houston.modules.site_settings.snapshot import Snapshot, snapshot
from houston.modules.site_settings.structures import names, species

FIRST_NUMBER = 1
"""Of individuals' names: nobody has been given one yet."""


class Single(NamedTuple):
    """One setting."""

    key: str
    public: bool
    value: Any


def describe_keys(
    defaults: Mapping[str, Any], suggested_species: list[dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """What is said of each key, whatever its value is."""
    described = {key.name: key.description(defaults[key.name]) for key in TABLE}
    described[species.KEY]["suggestedValues"] = suggested_species
    return described


def block(services: Services, db: Session, audience: Visibility) -> dict[str, Any]:
    """Everything that is set, as somebody who sees so much is shown it."""
    present = snapshot(services, db)
    entries: dict[str, Any] = {
        name: _entry(KEYS[name], described, present, audience)
        for name, described in services[Registered].descriptions.items()
    }
    entries[IMAGES] = {
        name: FileReference(guid).src for name, guid in present.files.items() if name in KEYS
    }
    return entries | {flag: present.flags.get(flag, False) for flag in FLAGS}


def single(services: Services, db: Session, key: Key, audience: Visibility) -> Single:
    """One setting, its value null for those who are not shown it."""
    value = snapshot(services, db).value(key.name) if key.is_shown_to(audience) else None
    return Single(key.name, key.visibility is Visibility.PUBLIC, value)


def _entry(
    key: Key, described: Mapping[str, Any], present: Snapshot, audience: Visibility
) -> dict[str, Any]:
    if key.is_file:
        return dict(described)
    if audience < key.visibility:
        return {**described, "canView": False}
    value = present.value(key.name)
    if key.is_secret:
        return {**described, "canView": True, "value": None, "isSet": bool(value)}
    if key.name == names.KEY:
        value = {guid: {**scheme, "next_value": FIRST_NUMBER} for guid, scheme in value.items()}
    return {**described, "canView": True, "value": value}
