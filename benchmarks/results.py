"""Everything one run of the benchmark found out."""

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


@dataclass(frozen=True)
class Submission:
    """The figures of a report, and of a table."""

    answered: float
    """Seconds until the report was answered."""
    prepared: float
    """Seconds from then until every photograph was ready."""
    images_per_core: float
    """Photographs prepared in a second of CPU."""
    memory: float
    """The server's resident memory at its peak, in MB, after the photographs."""
    bulk: float
    """Seconds until a table of 1000 sightings with 2000 assets was answered."""
    refused: float
    """Seconds until the same table with one bad row was refused."""


@dataclass(frozen=True)
class Results:
    """The figures, by the names above."""

    figures: Mapping[Key, Figures]
    startup: Mapping[str, Sequence[float]]
    """Seconds to the first success, of each start of each server."""
    memory: Mapping[str, Mapping[str, float]]
    """Resident memory of each server after all load, in MB: ``now`` and ``peak``."""
    instructions: Mapping[str, Mapping[str, Count]]
    """By server and case; empty where valgrind is not installed."""
    submission: Submission
    """A report of photographs, and a table of sightings."""

    def as_json(self) -> dict[str, Any]:
        """The same as JSON values; a key becomes the members of its figures."""
        return {
            "figures": [{**asdict(key), **asdict(value)} for key, value in self.figures.items()],
            "startup": dict(self.startup),
            "memory": dict(self.memory),
            "instructions": {
                server: {case: asdict(count) for case, count in counts.items()}
                for server, counts in self.instructions.items()
            },
            "submission": asdict(self.submission),
        }
