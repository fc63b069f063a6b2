"""The present values of the settings, read once for each transaction by one statement.

A thousand rows of an asset group are checked against the same regions in one request. None of the
returned values must be changed.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from houston.core.db.session import Session
from houston.core.services import Services
from houston.modules.site_settings.registry import SettingsRegistry
from houston.modules.site_settings.structured import regions_in


class Region(NamedTuple):
    """A region; a placeholder only holds others together, and no object refers to it."""

    id: str
    name: str
    placeholder_only: bool


class SettingValues:
    """The values of all settings.

    Attributes:
        files: The guids of the files that are set, by key.
        flags: The flags of the site, by name.
    """

    def __init__(self, registry: SettingsRegistry, rows: Sequence[Any]) -> None:
        self._registry = registry
        known = [row for row in rows if row.key in registry.keys]
        self._stored = {row.key: row.value for row in known}
        self.files: dict[str, UUID] = {
            row.key: row.file_upload_guid for row in known if row.file_upload_guid is not None
        }
        self.flags = {name: bool(rows[0][index]) for index, name in enumerate(registry.flags)}

    def __getitem__(self, key: str) -> Any:
        """The value of a key; that of a file is its guid."""
        if self._registry.keys[key].is_file:
            return self.files.get(key)
        return self._stored[key] if key in self._stored else self._registry.defaults[key]

    @cached_property
    def regions(self) -> Mapping[str, Region]:
        """The regions of the site by their ids in lower case."""
        return regions_of(self["site.custom.regions"])

    @cached_property
    def species(self) -> Mapping[str, Mapping[str, Any]]:
        """The species of the site by their ids, as they are stored."""
        return {item["id"]: item for item in self["site.species"]}

    def definitions(self, noun: str) -> Mapping[str, Any]:
        """The definitions of the custom fields of a class of objects by their ids."""
        return definitions_of(self[f"site.custom.customFields.{noun}"])


def read_values(services: Services, db: Session) -> SettingValues:
    """The settings as the present transaction has read them first."""
    registry = services[SettingsRegistry]
    transaction = db.get_transaction()
    found: SettingValues | None = registry.values.get(transaction) if transaction else None
    if found is None:
        found = SettingValues(registry, db.execute(registry.statement).all())
        registry.values[db.get_transaction()] = found
    return found


def forget_values(services: Services, db: Session) -> None:
    """Read the settings again when they are next needed, because they have been changed."""
    services[SettingsRegistry].values.pop(db.get_transaction(), None)


def regions_of(tree: Mapping[str, Any]) -> dict[str, Region]:
    """The regions of a tree by their ids in lower case; of two with one id, the first."""
    regions: dict[str, Region] = {}
    for node in regions_in(tree):
        id = node["id"].lower()
        name = node.get("name") or node["id"]
        regions.setdefault(id, Region(id, name, bool(node.get("placeholderOnly"))))
    return regions


def definitions_of(value: Mapping[str, Any]) -> dict[str, Any]:
    """The definitions of one class by their ids."""
    return {definition["id"]: definition for definition in value.get("definitions", ())}
