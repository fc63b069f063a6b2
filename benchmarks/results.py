"""The results of a run of the benchmark."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.instructions import Count
from benchmarks.measure import Figures, Key

HOUSTON = "Houston"
PYRAMID = "Pyramid"
FASTAPI = "FastAPI"
FASTAPI_UVLOOP = "FastAPI on uvloop"
FLASK = "Flask"

ME = "users/me"
LIST = "50 users"
PATCH = "PATCH of one field"
DOCUMENT = "swagger.json"

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
DETAIL = "sighting detail"
SEARCH = "search of sightings"
ENCOUNTERS = "search of encounters"
TEXT = "free text"
NEAR = "geo_distance"
BY_REGION = "all by region"
BARE = "users/me of bare Pyramid"


@dataclass(frozen=True)
class Submission:
    """The figures of a report of photographs, and of a table of sightings."""

    answered: float
    """Seconds until the response to the report."""
    prepared: float
    """Seconds from the response until all photographs are prepared."""
    images_per_core: float
    """Photographs prepared per second of CPU time."""
    memory: float
    """Peak resident memory of the server in MB, after the photographs."""
    bulk: float
    """Seconds until the response to a table of 1000 sightings with 2000 assets."""
    refused: float
    """Seconds until the same table with one invalid row is refused."""


@dataclass(frozen=True)
class Changes:
    """The figures of changes and exports; times are those until the response, in seconds."""

    commit: float
    """The commit of a sighting with 100 assets and 20 encounters."""
    merge: float
    """The merge of two individuals with 500 encounters each."""
    export: float
    """The export of 10,000 encounters."""
    growth: float
    """The peak memory of the export of 100,000 encounters over that of 1,000, in MB."""


@dataclass(frozen=True)
class SiteFigures:
    """The figures of a generated site."""

    database: str
    sightings: int
    cpu: Mapping[str, Sequence[float]]
    """CPU time of the server and its database by case, in microseconds per request, by round."""
    statements: int
    """The SQL statements of the detail of a sighting."""
    changes: Changes | None
    """The figures of changes, which only the larger site of a database has."""


@dataclass(frozen=True)
class CatalogueFigures:
    """The figures of the catalogue."""

    bare: Sequence[float]
    """CPU time of `users/me` of bare Pyramid in microseconds per request, by round."""
    sites: Sequence[SiteFigures]
    """The sites of each database, the smaller one first."""


@dataclass(frozen=True)
class Results:
    """The figures, by the names of servers and cases above."""

    figures: Mapping[Key, Figures]
    startup: Mapping[str, Sequence[float]]
    """Seconds to the first successful response, for each start of each server."""
    memory: Mapping[str, Mapping[str, float]]
    """Resident memory of each server after all load, in MB: ``now`` and ``peak``."""
    instructions: Mapping[str, Mapping[str, Count]]
    """Instructions by server and case; empty if valgrind is not installed."""
    submission: Submission
    """The figures of the submissions."""
    catalogue: CatalogueFigures | None
    """The figures of the catalogue; a quick run has none."""

    def as_json(self) -> dict[str, Any]:
        """Return the results as JSON values; the fields of a key are merged with its figures."""
        return {
            "figures": [{**asdict(key), **asdict(value)} for key, value in self.figures.items()],
            "startup": dict(self.startup),
            "memory": dict(self.memory),
            "instructions": {
                server: {case: asdict(count) for case, count in counts.items()}
                for server, counts in self.instructions.items()
            },
            "submission": asdict(self.submission),
            "catalogue": self.catalogue and asdict(self.catalogue),
        }
