"""Search fields that depend on the settings of a site: custom fields, and the names of regions."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import translate
from typing import Any
from uuid import UUID

from sqlalchemy import case, false, null

from houston.core.api.search.fields import (
    BooleanField,
    Condition,
    GuidField,
    InstantField,
    KeywordField,
    NumberField,
    PointField,
    Scalar,
    Searchable,
    TextField,
    text_of,
)
from houston.core.api.search.json_values import json_value
from houston.core.api.search.names import Dynamic
from houston.core.db.session import Session
from houston.core.services import Services
from houston.modules.site_settings.registry import (
    Region,
    SettingsRegistry,
    SettingValues,
    definitions_of,
)
from houston.modules.site_settings.services import known_regions
from houston.modules.site_settings.structured import FIELDS

KINDS: Mapping[str, type[Searchable]] = {
    "string": TextField,
    "longstring": TextField,
    "select": KeywordField,
    "multiselect": KeywordField,
    "boolean": BooleanField,
    "integer": NumberField,
    "float": NumberField,
    "feetmeters": NumberField,
    "date": InstantField,
    "daterange": InstantField,
    "latlong": PointField,
    "individual": GuidField,
    "locationId": GuidField,
    "locationID": GuidField,
    "file": GuidField,
}
"""The kinds of search fields by the display types of custom fields."""


class RegionName(Searchable):
    """The name of the region to which a column refers, without regard to case.

    The regions are not in the database, so the names are compared here and the guids there.
    """

    datatype = "text"

    def __init__(self, column: Any, regions: Iterable[Region]) -> None:
        super().__init__(column)
        self._guids = {UUID(region.id): region.name.casefold() for region in regions}

    def matches(self, value: Scalar) -> Condition:
        """The rows with any of the words in the name of their region."""
        words = text_of(value).casefold().split()
        return self._named(lambda name: any(word in name for word in words))

    def like(self, pattern: str) -> Condition:
        """The rows with a region whose name has this pattern."""
        # `fnmatch` does not backtrack over its wildcards; only brackets have to be escaped.
        matches = re.compile(translate(text_of(pattern).casefold().replace("[", "[[]"))).match
        return self._named(matches)

    def _among(self, values: Sequence[Any]) -> Condition:
        names = {text_of(value).casefold() for value in values}
        return self._named(names.__contains__)

    def _named(self, is_wanted: Callable[[str], Any]) -> Condition:
        wanted = [guid for guid, name in self._guids.items() if is_wanted(name)]
        return self.column.in_(wanted) if wanted else false()


class RegionWithin(GuidField):
    """The region to which a column refers, and all regions around it."""

    def __init__(self, column: Any, settings: SettingValues) -> None:
        super().__init__(column)
        self._settings = settings

    def _among(self, values: Sequence[Any]) -> Condition:
        return super()._among(sorted(self._settings.regions_within(map(str, values))))


def custom_fields_of(noun: str, column: Any) -> Dynamic:
    """The search fields of the custom fields of a class of objects, by their ids.

    Args:
        noun: `Sighting`, `Encounter` or `Individual`.
        column: The column with the values by id.
    """

    def make(services: Services, db: Session, id: str) -> Searchable | None:
        settings = services[SettingsRegistry].read(db)
        definition = definitions_of(settings[FIELDS + noun]).get(id)
        kind = KINDS.get(definition["schema"]["displayType"]) if definition else None
        return json_value(column, id, kind) if kind else None

    return Dynamic(make)


def region_within(column: Any) -> Dynamic:
    """The search field of the region to which a column refers, and of all regions around it."""

    def make(services: Services, db: Session, rest: str) -> Searchable | None:
        return None if rest else RegionWithin(column, services[SettingsRegistry].read(db))

    return Dynamic(make)


def region_name_of(column: Any) -> Dynamic:
    """The search field of the name of the region to which a column refers."""

    def make(services: Services, db: Session, rest: str) -> Searchable | None:
        return None if rest else RegionName(column, known_regions(services, db).values())

    return Dynamic(make)


def region_order_of(column: Any) -> Dynamic:
    """The order of rows by the name of the region to which a column refers; those without are last.

    Regions are ranked for each request, as their names are not in the database.
    """

    def make(services: Services, db: Session, _rest: str) -> Any:
        named = {
            UUID(id): region.name.strip().casefold()
            for id, region in known_regions(services, db).items()
        }
        ranks = {name: rank for rank, name in enumerate(sorted(set(named.values())))}
        return (
            case({guid: ranks[name] for guid, name in named.items()}, value=column)
            if named
            else null()
        )

    return Dynamic(make)
