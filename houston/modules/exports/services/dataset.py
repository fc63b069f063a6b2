"""The records of an export: what the caller may export of a search, read in batches.

The records in memory are those of one batch, whatever the size of an export.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, func, select

from houston.core.api.listing import Listing
from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.security.grants import (
    Grant,
    Identity,
    Permission,
    parameters_of,
    permitted,
    principals_of,
)
from houston.core.services import Services
from houston.core.values import TextEnum
from houston.domain.roles import Role
from houston.modules.exports.services.places import SENSITIVE_SPECIES, Protections
from houston.modules.individuals import resources as of_individuals
from houston.modules.individuals.models import Individual
from houston.modules.individuals.services.searching import INDIVIDUALS, NUMBER_OF_ENCOUNTERS
from houston.modules.sightings import resources as of_sightings
from houston.modules.sightings.models import (
    ENCOUNTER_OWNER,
    Encounter,
    Sighting,
    SightingTaxonomy,
)
from houston.modules.sightings.services.searching import ENCOUNTERS, SIGHTINGS
from houston.modules.site_settings.registry import NAME, UNNAMED, definitions_of
from houston.modules.site_settings.services import known_regions, known_species, value
from houston.modules.site_settings.structured import FIELDS

BATCH = 500
SIGHTING, ENCOUNTER = Sighting.__table__.c, Encounter.__table__.c
INDIVIDUAL = Individual.__table__.c
INHERITED = (
    "time",
    "time_offset",
    "time_specificity",
    "location_guid",
    "decimal_latitude",
    "decimal_longitude",
    "verbatim_locality",
)
"""The columns that an encounter has from its sighting, unless it has its own."""


class Noun(TextEnum):
    """A class of records, and its name in the singular."""

    def __init__(self, _value: str, class_name: str) -> None:
        self.class_name = class_name

    SIGHTINGS = "sightings", "Sighting"
    ENCOUNTERS = "encounters", "Encounter"
    INDIVIDUALS = "individuals", "Individual"


def _exact_for(owner: Any) -> tuple[Grant, ...]:
    """The grants of the exact places of sensitive species."""
    return Grant(owner, (Permission.READ,)), Grant(Role.ADMIN, (Permission.READ,))


@dataclass(frozen=True, eq=False)
class Kind:
    """How the records of a class are found and read.

    Attributes:
        listing: Its search.
        statement: The select of the columns of a record.
        grants: The grants of a record.
        exact: The grants of the exact place of a record.
    """

    listing: Listing
    statement: Select[Any]
    grants: Sequence[Grant]
    exact: Sequence[Grant]

    @property
    def guid(self) -> Any:
        """The column of the key."""
        return self.statement.selected_columns["guid"]


KINDS = {
    Noun.SIGHTINGS: Kind(
        SIGHTINGS,
        select(*SIGHTING),
        of_sightings.SightingResource.grants,
        _exact_for(of_sightings.OWNER_OF_ONE),
    ),
    Noun.ENCOUNTERS: Kind(
        ENCOUNTERS,
        select(
            *ENCOUNTER, *(SIGHTING[name].label(f"sighting_{name}") for name in INHERITED)
        ).join_from(Encounter.__table__, Sighting.__table__),
        of_sightings.EncounterResource.grants,
        _exact_for(ENCOUNTER_OWNER),
    ),
    Noun.INDIVIDUALS: Kind(
        INDIVIDUALS,
        select(*INDIVIDUAL, NUMBER_OF_ENCOUNTERS.label("number_encounters")),
        of_individuals.IndividualResource.grants,
        _exact_for(of_individuals.OWNER),
    ),
}


class Records:
    """The records of a class under a condition that the caller may export."""

    def __init__(
        self,
        db: Session,
        identity: Identity,
        noun: Noun,
        condition: ColumnElement[bool],
        on_read: Callable[[int], None],
    ) -> None:
        kind, principals = KINDS[noun], principals_of(identity)
        self.noun, self._on_read = noun, on_read
        self._db, self._identity, self._guid = db, identity, kind.guid
        self._caller = parameters_of(identity)
        may_export = permitted(kind.grants, Permission.EXPORT, principals)
        self._rows = kind.statement.where(condition, may_export)
        self._is_exact = permitted(kind.exact, Permission.READ, principals).label("is_exact")

    @cached_property
    def number(self) -> int:
        """The number of the records."""
        return self._db.scalar(self.select(func.count()), self._caller) or 0

    def select(self, column: Any) -> Select[Any]:
        """The select of a column of all records, for `execute`, or as a part of another one."""
        return self._rows.with_only_columns(column, maintain_column_froms=True).correlate(None)

    def execute(self, statement: Select[Any]) -> Any:
        """Execute a statement that has a select of these records in it."""
        return self._db.execute(statement, self._caller)

    def among(self, condition: ColumnElement[bool]) -> Sequence[Any]:
        """The rows of a further condition that finds few, with `is_exact`."""
        rows: Sequence[Any] = self.execute(
            self._rows.add_columns(self._is_exact).where(condition)
        ).all()
        return rows

    def batches(self) -> Iterator[Sequence[Any]]:
        """The rows in the order of their guids, with `is_exact`: whether their place is exact."""
        statement = self._rows.add_columns(self._is_exact).order_by(self._guid).limit(BATCH)
        rows = self.execute(statement).all()
        while rows:
            yield rows
            self._on_read(len(rows))
            rows = self.execute(statement.where(self._guid > rows[-1].guid)).all()

    def related(self, noun: Noun) -> "Records":
        """The records of another class that belong to these."""
        if noun is self.noun:
            return self
        condition = LINKS[self.noun, noun](self)
        return Records(self._db, self._identity, noun, condition, self._on_read)


LINKS: Mapping[tuple[Noun, Noun], Callable[[Records], ColumnElement[bool]]] = {
    (Noun.SIGHTINGS, Noun.ENCOUNTERS): lambda records: ENCOUNTER.sighting_guid.in_(
        records.select(SIGHTING.guid)
    ),
    (Noun.ENCOUNTERS, Noun.SIGHTINGS): lambda records: SIGHTING.guid.in_(
        records.select(ENCOUNTER.sighting_guid)
    ),
    (Noun.ENCOUNTERS, Noun.INDIVIDUALS): lambda records: INDIVIDUAL.guid.in_(
        records.select(ENCOUNTER.individual_guid)
    ),
    (Noun.INDIVIDUALS, Noun.ENCOUNTERS): lambda records: ENCOUNTER.individual_guid.in_(
        records.select(INDIVIDUAL.guid)
    ),
}


class CustomField(NamedTuple):
    """A custom field: the column of its values, its id, and its display type."""

    column: str
    id: str
    display_type: str


class Site:
    """The settings of the site that records refer to."""

    def __init__(self, services: Services, db: Session) -> None:
        name = value(services, db, NAME)
        self.name = "Unknown" if name == UNNAMED else name
        self.guid: str | None = value(services, db, "system_guid")
        self.protections = Protections(value(services, db, SENSITIVE_SPECIES.name))
        self._species = known_species(services, db)
        self._regions = known_regions(services, db)
        self._definitions = {
            noun: definitions_of(value(services, db, FIELDS + noun.class_name)) for noun in Noun
        }

    def species_name(self, guid: UUID | None) -> str | None:
        """The scientific name of a species."""
        species = self._species.get(str(guid))
        return species["scientificName"] if species else None

    def region_name(self, guid: UUID | None) -> str | None:
        """The name of a region."""
        region = self._regions.get(str(guid))
        return region.name if region else None

    def custom_fields(self, noun: Noun) -> list[CustomField]:
        """The custom fields of a class; those that share a name have their ids in the column."""
        by_name: dict[str, list[Any]] = defaultdict(list)
        for definition in self._definitions[noun].values():
            by_name[definition["name"]].append(definition)
        return [
            CustomField(
                f"customField.{name}" + (f".{each['id']}" if len(same) > 1 else ""),
                each["id"],
                each["schema"]["displayType"],
            )
            for name, same in by_name.items()
            for each in same
        ]


class Dataset:
    """The records of one export, with what they refer to.

    Attributes:
        guid: The guid of the export, in the audit log and in the metadata of files.
        main: The records that the search finds.

    Args:
        on_read: Called with the number of rows of each batch that is read and written.
    """

    def __init__(
        self,
        services: Services,
        db: Session,
        identity: Identity,
        noun: Noun,
        query: Mapping[str, Any],
        *,
        guid: UUID | None = None,
        on_read: Callable[[int], None] = lambda _number: None,
    ) -> None:
        self.guid, self.created = guid or uuid4(), utc_now()
        self.services, self.db, self.identity, self.noun = services, db, identity, noun
        self.site = Site(services, db)
        kind = KINDS[noun]
        found = kind.guid.in_(kind.listing.keys(services, db, identity, query))
        self.main = Records(db, identity, noun, found, on_read)


def inherited(row: Any) -> Any:
    """What an encounter has from its sighting, by the names of the columns."""
    return SimpleNamespace(**{name: getattr(row, f"sighting_{name}") for name in INHERITED})


class SpeciesSeen(NamedTuple):
    """The species of a sighting itself, in their order, and those of its encounters."""

    stated: list[UUID]
    of_encounters: list[UUID | None]


def species_of(db: Session, sightings: Iterable[UUID]) -> Mapping[UUID, SpeciesSeen]:
    """The species of sightings."""
    guids = set(sightings)
    found: dict[UUID, SpeciesSeen] = defaultdict(lambda: SpeciesSeen([], []))
    stated = select(SightingTaxonomy.sighting_guid, SightingTaxonomy.taxonomy_guid)
    ordered = stated.order_by(SightingTaxonomy.position)
    for sighting, species in db.execute(ordered.where(SightingTaxonomy.sighting_guid.in_(guids))):
        found[sighting].stated.append(species)
    seen = select(Encounter.sighting_guid, Encounter.taxonomy_guid).distinct()
    known = Encounter.taxonomy_guid.is_not(None)
    for sighting, taxonomy in db.execute(seen.where(Encounter.sighting_guid.in_(guids), known)):
        found[sighting].of_encounters.append(taxonomy)
    return found
