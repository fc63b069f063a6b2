"""The settings as a transaction sees them: read once, by one statement, and kept until it ends.

A thousand rows are held against the same regions in one request.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from houston.core.db.session import Session
from houston.core.services import Services
from houston.modules.site_settings.keys import KEYS
from houston.modules.site_settings.registered import Registered
from houston.modules.site_settings.structures import regions, species
from houston.modules.site_settings.structures.definitions import by_id
from houston.modules.site_settings.structures.regions import Region
from houston.modules.site_settings.structures.species import Species


class Snapshot:
    """What is stored of each key, the files of those that have one, and the flags of the site."""

    def __init__(self, known: Registered, rows: Sequence[Any]) -> None:
        self._defaults = known.defaults
        self.stored = {row.key: row.value for row in rows if row.key in KEYS}
        self.files: dict[str, UUID] = {
            row.key: row.file_upload_guid for row in rows if row.file_upload_guid is not None
        }
        self.flags = {name: bool(rows[0][position]) for position, name in enumerate(known.flags)}

    def value(self, key: str) -> Any:
        """The value of a key; that of a file is a guid. Not to be changed."""
        if KEYS[key].is_file:
            return self.files.get(key)
        return self.stored[key] if key in self.stored else self._defaults[key]

    def values(self) -> dict[str, Any]:
        """The value of every key."""
        return {key: self.value(key) for key in KEYS}

    @cached_property
    def regions(self) -> Mapping[str, Region]:
        """The regions of the site by their ids in lower case."""
        return regions.regions_of(self.value(regions.KEY))

    @cached_property
    def species(self) -> Mapping[str, Species]:
        """The species of the site by their ids."""
        return species.species_of(self.value(species.KEY))

    def definitions(self, noun: str) -> Mapping[str, Any]:
        """The custom fields of a class of objects by their ids."""
        return by_id(self.value(f"site.custom.customFields.{noun}"))


def snapshot(services: Services, db: Session) -> Snapshot:
    """The settings as this transaction sees them."""
    known = services[Registered]
    transaction = db.get_transaction()
    found: Snapshot | None = known.snapshots.get(transaction) if transaction else None
    if found is None:
        found = Snapshot(known, db.execute(known.statement).all())
        known.snapshots[db.get_transaction()] = found
    return found


def forget(services: Services, db: Session) -> None:
    """Read the settings anew when they are next asked for, as they have been changed."""
    services[Registered].snapshots.pop(db.get_transaction(), None)
