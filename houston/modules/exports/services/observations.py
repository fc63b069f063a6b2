"""Observations: encounters with the time, the place and the species that they have by default.

They are what formats of biodiversity data and of capture-recapture programs are made of.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from houston.core.settings import Settings
from houston.domain.observations import Sex, observed_time
from houston.domain.times import ComplexDateTime, Specificity
from houston.modules.annotations.models import Annotation
from houston.modules.assets.models import Asset, picture_address
from houston.modules.exports.services.dataset import Dataset, Noun, Records, inherited, species_of
from houston.modules.exports.services.places import Protection

Dates = tuple[date, date]


class Picture(NamedTuple):
    """A picture in which an animal is seen."""

    guid: UUID
    address: str
    filename: str


class Observation(NamedTuple):
    """An animal that was seen at a time and a place, as it is exported.

    Attributes:
        guid: The guid of the encounter.
        species: The scientific name.
        latitude: Degrees, as the protection allows.
        region: The name of the region.
    """

    guid: UUID
    sighting: UUID
    individual: UUID | None
    moment: ComplexDateTime | None
    species: str | None
    sex: Sex | None
    latitude: float | None
    longitude: float | None
    region_guid: UUID | None
    region: str | None
    locality: str | None
    protection: Protection
    pictures: Sequence[Picture]


def encounters_of(dataset: Dataset) -> Records:
    """The encounters of an export: those that are searched, or of the records that are."""
    return dataset.main.related(Noun.ENCOUNTERS)


def observations(dataset: Dataset) -> Iterator[Observation]:
    """The observations of an export in the order of their guids."""
    return chain.from_iterable(
        observations_of(dataset, rows) for rows in encounters_of(dataset).batches()
    )


def observations_of(dataset: Dataset, rows: Sequence[Any]) -> Iterator[Observation]:
    """The observations of some rows of encounters."""
    species = species_of(dataset.db, {row.sighting_guid for row in rows})
    pictures = _pictures_of(dataset, [row.guid for row in rows])
    for row in rows:
        seen = species[row.sighting_guid]
        protection = dataset.site.protections.of(chain(*seen), is_exact=row.is_exact)
        has_point = row.decimal_latitude is not None and row.decimal_longitude is not None
        sighting = inherited(row)
        place = row if has_point else sighting
        region = row.location_guid or sighting.location_guid
        latitude, longitude = protection.point(place.decimal_latitude, place.decimal_longitude)
        yield Observation(
            guid=row.guid,
            sighting=row.sighting_guid,
            individual=row.individual_guid,
            moment=observed_time(row if row.time else sighting),
            species=dataset.site.species_name(row.taxonomy_guid or next(iter(seen.stated), None)),
            sex=row.sex,
            latitude=latitude,
            longitude=longitude,
            region_guid=region,
            region=dataset.site.region_name(region),
            locality=protection.text(row.verbatim_locality or sighting.verbatim_locality),
            protection=protection,
            pictures=pictures[row.guid],
        )


def dates_of(moment: ComplexDateTime) -> Dates:
    """The first and the last day of a time, by the calendar of the observer."""
    first, last = (each.astimezone(moment.local.tzinfo).date() for each in moment.bounds)
    return first, last


def interval(moment: ComplexDateTime) -> str:
    """A time in ISO 8601 with its precision: an instant, a day, or an interval of days."""
    if moment.specificity is Specificity.TIME:
        return moment.time
    first, last = dates_of(moment)
    return str(first) if first == last else f"{first}/{last}"


def _pictures_of(dataset: Dataset, encounters: Iterable[UUID]) -> Mapping[UUID, Sequence[Picture]]:
    """The pictures with annotations of encounters; their addresses need the rights of a reader."""
    shown = (
        select(Annotation.encounter_guid, Asset.guid, Asset.filename)
        .join(Asset, Asset.guid == Annotation.asset_guid)
        .where(Annotation.encounter_guid.in_(encounters), Asset.mime_type.startswith("image/"))
        .order_by(Asset.position, Asset.guid)
        .distinct()
        .add_columns(Asset.position)
    )
    origin = dataset.services[Settings]["houston.base_url"]
    found: dict[UUID, list[Picture]] = defaultdict(list)
    for encounter, guid, filename, _ in dataset.db.execute(shown):
        found[encounter].append(Picture(guid, origin + picture_address(guid), filename))
    return found
