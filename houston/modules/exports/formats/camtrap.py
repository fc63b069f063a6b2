"""Camera Trap Data Packages (Camtrap DP 1.0, TDWG): deployments, media and observations.

A deployment is a sighting, an observation is an encounter, and a medium is a picture of it. The
format demands a place and a time of each deployment: encounters without coordinates, or whose place
is withheld, are left out. The description of the package counts them.
"""

import csv
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from houston.core.errors import BadRequest
from houston.core.json import dumps
from houston.domain.observations import Sex
from houston.modules.exports.formats.archives import new_archive
from houston.modules.exports.services.dataset import Dataset
from houston.modules.exports.services.observations import (
    Observation,
    Picture,
    dates_of,
    observations,
)
from houston.modules.exports.services.places import LEVELS
from houston.modules.exports.services.records import Cell

STANDARD = "https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0"
NONE = "No encounter to export has coordinates, which Camtrap DP demands."
SEXES = (Sex.FEMALE, Sex.MALE)


class Column(NamedTuple):
    """A column of a table: its name, its type in a Table Schema, and the function of its values."""

    name: str
    type: str
    value: Callable[[Any], Cell]
    required: bool = False
    unique: bool = False


class Medium(NamedTuple):
    """A picture of an observation."""

    observation: Observation
    picture: Picture


def _start(seen: Observation) -> str:
    return _bound(seen, 0)


def _end(seen: Observation) -> str:
    return _bound(seen, 1)


def _bound(seen: Observation, index: int) -> str:
    """The first or the last instant of an observation, in the offset of the observer."""
    moment = seen.moment
    assert moment is not None
    bound = moment.bounds[index].astimezone(moment.local.tzinfo)
    return bound.isoformat(timespec="seconds")


def _of_sighting(seen: Observation) -> str:
    return str(seen.sighting)


def _text(guid: UUID | None) -> str | None:
    return str(guid) if guid else None


DEPLOYMENTS = (
    Column("deploymentID", "string", _of_sighting, required=True, unique=True),
    Column("locationID", "string", lambda seen: _text(seen.region_guid)),
    Column("locationName", "string", lambda seen: seen.region),
    Column("latitude", "number", lambda seen: seen.latitude, required=True),
    Column("longitude", "number", lambda seen: seen.longitude, required=True),
    Column("coordinateUncertainty", "integer", lambda seen: seen.protection.uncertainty),
    Column("deploymentStart", "datetime", _start, required=True),
    Column("deploymentEnd", "datetime", _end, required=True),
)
MEDIA = (
    Column("mediaID", "string", lambda each: str(each.picture.guid), required=True, unique=True),
    Column("deploymentID", "string", lambda each: _of_sighting(each.observation), required=True),
    Column("timestamp", "datetime", lambda each: _start(each.observation), required=True),
    Column("filePath", "string", lambda each: each.picture.address, required=True),
    Column("filePublic", "boolean", lambda _: "false", required=True),
    Column("fileName", "string", lambda each: each.picture.filename),
    Column("fileMediatype", "string", lambda _: "image/jpeg", required=True),
)
OBSERVATIONS = (
    Column("observationID", "string", lambda seen: str(seen.guid), required=True, unique=True),
    Column("deploymentID", "string", _of_sighting, required=True),
    Column("eventID", "string", _of_sighting),
    Column("eventStart", "datetime", _start, required=True),
    Column("eventEnd", "datetime", _end, required=True),
    Column("observationLevel", "string", lambda _: "event", required=True),
    Column("observationType", "string", lambda _: "animal", required=True),
    Column("scientificName", "string", lambda seen: seen.species),
    Column("count", "integer", lambda _: 1),
    Column("sex", "string", lambda seen: seen.sex if seen.sex in SEXES else None),
    Column("individualID", "string", lambda seen: _text(seen.individual)),
)
TABLES = {"deployments": DEPLOYMENTS, "media": MEDIA, "observations": OBSERVATIONS}


class Coverage:
    """What the observations of a package cover.

    The guids of deployments and media are kept in memory, as each is written once.
    """

    def __init__(self) -> None:
        self.left_out = 0
        self.species: set[str] = set()
        self._written: set[UUID] = set()
        self._days: list[str] = []
        self._box: list[float] = []
        self._levels: set[str] = set()

    def is_new(self, guid: UUID) -> bool:
        """Return whether a deployment or a medium is seen for the first time."""
        is_new = guid not in self._written
        self._written.add(guid)
        return is_new

    def add(self, seen: Observation) -> None:
        """Extend the coverage by an observation with a time and a place."""
        assert seen.moment is not None
        assert seen.latitude is not None
        assert seen.longitude is not None
        days = [str(day) for day in dates_of(seen.moment)] + self._days
        self._days = [min(days), max(days)]
        west, south, east, north = self._box or [180.0, 90.0, -180.0, -90.0]
        longitude, latitude = seen.longitude, seen.latitude
        self._box = [min(west, longitude), min(south, latitude)]
        self._box += [max(east, longitude), max(north, latitude)]
        self._levels.add(seen.protection.level)
        if seen.species:
            self.species.add(seen.species)

    def described(self) -> dict[str, Any]:
        """The members of the description of the package.

        Raises:
            BadRequest: There is no observation.
        """
        if not self._days:
            raise BadRequest(NONE)
        west, south, east, north = self._box
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        coarsest = next((level for level in LEVELS if level in self._levels), None)
        return {
            "spatial": {"type": "Polygon", "bbox": self._box, "coordinates": [ring]},
            "temporal": {"start": self._days[0], "end": self._days[1]},
            "taxonomic": [{"scientificName": name} for name in sorted(self.species)],
            **({"coordinatePrecision": float(coarsest)} if coarsest else {}),
        }


def write(dataset: Dataset, path: Path, _options: Mapping[str, Any]) -> None:
    """Write the package of an export.

    Raises:
        BadRequest: No encounter has coordinates.
    """
    coverage = Coverage()
    _write_tables(path.parent, _records(dataset, coverage))
    described = coverage.described()
    with new_archive(path) as archive:
        archive.writestr("datapackage.json", dumps(_package(dataset, coverage, described)))
        for name in TABLES:
            archive.write(path.parent / f"{name}.csv", f"{name}.csv")


def _records(dataset: Dataset, coverage: Coverage) -> Iterator[tuple[str, Any]]:
    """The records of the three tables, each with the name of its table."""
    for seen in observations(dataset):
        if seen.moment is None or seen.latitude is None:
            coverage.left_out += 1
            continue
        coverage.add(seen)
        if coverage.is_new(seen.sighting):
            yield "deployments", seen
        for picture in seen.pictures:
            if coverage.is_new(picture.guid):
                yield "media", Medium(seen, picture)
        yield "observations", seen


def _write_tables(folder: Path, records: Iterator[tuple[str, Any]]) -> None:
    """Write the tables side by side: an archive takes one file after the other."""
    with ExitStack() as files:
        writers = {}
        for name, columns in TABLES.items():
            path = folder / f"{name}.csv"
            file = files.enter_context(path.open("w", encoding="utf-8", newline=""))
            writers[name] = csv.writer(file)
            writers[name].writerow([column.name for column in columns])
        for name, record in records:
            writers[name].writerow([column.value(record) for column in TABLES[name]])


def _package(dataset: Dataset, coverage: Coverage, described: Mapping[str, Any]) -> dict[str, Any]:
    """The description of the package, `datapackage.json`."""
    site = dataset.site.name
    return {
        "profile": f"{STANDARD}/camtrap-dp-profile.json",
        "name": f"codex-export-{dataset.guid}",
        "id": str(dataset.guid),
        "title": f"Encounters of {site}",
        "description": f"{coverage.left_out} encounters without coordinates are left out.",
        "created": dataset.created.isoformat(timespec="seconds"),
        "contributors": [{"title": site, "role": "contact"}],
        "project": {
            "title": site,
            "samplingDesign": "opportunistic",
            "captureMethod": ["activityDetection"],
            "individualAnimals": True,
            "observationLevel": ["event"],
        },
        **described,
        "resources": [
            {
                "name": name,
                "path": f"{name}.csv",
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": f"{STANDARD}/{name}-table-schema.json",
            }
            for name in TABLES
        ],
    }
