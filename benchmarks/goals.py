"""Performance goals of Houston, and the values that a run measured for them."""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.measure import Figures, Key, ratio
from benchmarks.results import (
    DOCUMENT,
    FASTAPI,
    HOUSTON,
    LIST,
    ME,
    PATCH,
    PYRAMID,
    Results,
    Submission,
)


@dataclass(frozen=True)
class Goal:
    """A goal and the value measured for it."""

    description: str
    value: float
    bound: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Return whether the value is within the bound."""
        return self.value >= self.bound if self.at_least else self.value <= self.bound


def goals(results: Results) -> Iterator[Goal]:
    """Yield the goals for which this run has a value, in the order of the report."""

    def rate(server: str, case: str) -> Figures:
        return results.figures[Key(server, case, 8)]

    def cpu(case: str) -> tuple[float, ...]:
        return results.figures[Key(HOUSTON, case, 1)].cpu

    def of_rate(case: str, server: str) -> float:
        return ratio(rate(HOUSTON, case).per_second, rate(server, case).per_second)

    yield Goal("users/me, rate relative to bare Pyramid", of_rate(ME, PYRAMID), 1, at_least=True)
    yield Goal("users/me, rate relative to FastAPI", of_rate(ME, FASTAPI), 1.5, at_least=True)
    yield Goal(
        "swagger.json, rate relative to bare view", of_rate(DOCUMENT, PYRAMID), 0.8, at_least=True
    )
    yield Goal("PATCH of one field, CPU relative to GET", ratio(cpu(PATCH), cpu(ME)), 2.5)
    memory = results.memory[HOUSTON]["now"] / results.memory[PYRAMID]["now"]
    yield Goal("memory after load, relative to Pyramid", memory, 1.8)
    start = ratio(results.startup[HOUSTON], results.startup[PYRAMID])
    yield Goal("start to first 200, relative to Pyramid", start, 3.5)
    yield from _of_submissions(results.submission)
    if HOUSTON in results.instructions:
        counts = results.instructions[HOUSTON]
        yield Goal("users/me, million instructions", counts[ME].instructions / 1e6, 1.75)
        yield Goal("50 users, million instructions", counts[LIST].instructions / 1e6, 7.5)


def _of_submissions(submission: Submission) -> Iterator[Goal]:
    yield Goal("20 photographs, response time, s", submission.answered, 1)
    yield Goal(
        "20 photographs, prepared per CPU second", submission.images_per_core, 4, at_least=True
    )
    yield Goal("20 photographs, peak memory, MB", submission.memory, 300)
    yield Goal("1000 sightings, 2000 assets, s", submission.bulk, 10)
    yield Goal("the same with an invalid row, s", submission.refused, 10)
