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
        }
