"""What Houston promises of its speed, and whether this run kept it."""

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
    """One promise with the value measured for it."""

    promise: str
    value: float
    bound: float
    at_least: bool = False

    @property
    def kept(self) -> bool:
        """Whether the value is on the right side of the bound."""
        return self.value >= self.bound if self.at_least else self.value <= self.bound


def goals(results: Results) -> Iterator[Goal]:
    """Every promise this run has a value for, in the order of the report."""

    def rate(server: str, case: str) -> Figures:
        return results.figures[Key(server, case, 8)]

    def cpu(case: str) -> tuple[float, ...]:
        return results.figures[Key(HOUSTON, case, 1)].cpu

    def of_rate(case: str, server: str) -> float:
        return ratio(rate(HOUSTON, case).per_second, rate(server, case).per_second)

    yield Goal("users/me, of bare Pyramid's rate", of_rate(ME, PYRAMID), 1, at_least=True)
    yield Goal("users/me, of FastAPI's rate", of_rate(ME, FASTAPI), 1.5, at_least=True)
    yield Goal(
        "swagger.json, of a bare view's rate", of_rate(DOCUMENT, PYRAMID), 0.8, at_least=True
    )
    yield Goal("PATCH of one field, CPU of a GET", ratio(cpu(PATCH), cpu(ME)), 2.5)
    memory = results.memory[HOUSTON]["now"] / results.memory[PYRAMID]["now"]
    yield Goal("memory after load, of bare Pyramid's", memory, 1.8)
    start = ratio(results.startup[HOUSTON], results.startup[PYRAMID])
    yield Goal("start to first 200, of bare Pyramid's", start, 3.5)
    yield from _of_submissions(results.submission)
    if HOUSTON in results.instructions:
        counts = results.instructions[HOUSTON]
        yield Goal("users/me, million instructions", counts[ME].instructions / 1e6, 1.75)
        yield Goal("50 users, million instructions", counts[LIST].instructions / 1e6, 7.5)


def _of_submissions(submission: Submission) -> Iterator[Goal]:
    yield Goal("20 photographs, answered in s", submission.answered, 1)
    yield Goal(
        "20 photographs, prepared a core second", submission.images_per_core, 4, at_least=True
    )
    yield Goal("20 photographs, peak memory MB", submission.memory, 300)
    yield Goal("1000 sightings, 2000 assets, s", submission.bulk, 10)
    yield Goal("the same with a bad row, s", submission.refused, 10)
