"""Performance goals of Houston, and the values that a run measured for them."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks.measure import Figures, Key, ratio
from benchmarks.results import (
    DETAIL,
    DOCUMENT,
    ENCOUNTERS,
    FASTAPI,
    HOUSTON,
    LIST,
    ME,
    NEAR,
    PATCH,
    PYRAMID,
    SEARCH,
    SQLITE,
    TEXT,
    CatalogueFigures,
    Changes,
    Results,
    SiteFigures,
    Submission,
)

REFERENCE = 400.0
"""CPU time of `users/me` of bare Pyramid on the machine of the goals in ms, in microseconds."""
LARGEST = 100_000
"""The largest number of sightings for which goals in ms are set."""


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
    if results.catalogue:
        yield from goals_of_catalogue(results.catalogue)
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


def goals_of_catalogue(figures: CatalogueFigures) -> Iterator[Goal]:
    """Yield the goals of the larger site of each database.

    Milliseconds and seconds are those of a machine on which `users/me` of bare Pyramid takes
    `REFERENCE`.
    """
    for smaller, site in zip(figures.sites[::2], figures.sites[1::2], strict=True):
        for goal in _of_site(site, smaller, figures.bare):
            yield replace(goal, description=f"{site.database}: {goal.description}")


def _of_site(site: SiteFigures, smaller: SiteFigures, bare: Sequence[float]) -> Iterator[Goal]:
    def milliseconds(case: str) -> float:
        return ratio(site.cpu[case], bare) * REFERENCE / 1000

    yield Goal("detail, statements", site.statements, 12)
    yield Goal("detail, CPU relative to users/me", ratio(site.cpu[DETAIL], site.cpu[ME]), 5)
    for case in (SEARCH, ENCOUNTERS):
        if site.sightings <= LARGEST:
            bound = 60 if site.database == SQLITE else 40
            yield Goal(f"{case}, ms", milliseconds(case), bound)
        yield Goal(f"{case}, ten times", ratio(site.cpu[case], smaller.cpu[case]), 2)
    if site.sightings <= LARGEST:
        yield Goal("free text, ms", milliseconds(TEXT), 80)
        yield Goal("geo_distance, ms", milliseconds(NEAR), 60)
    if site.changes:
        yield from _of_changes(site.changes, REFERENCE / statistics.median(bare))


def _of_changes(changes: Changes, scale: float) -> Iterator[Goal]:
    yield Goal("commit of 100 assets, s", changes.commit * scale, 1)
    yield Goal("merge of 1000 encounters, s", changes.merge * scale, 1)
    yield Goal("export of 10,000 encounters, s", changes.export * scale, 15)
    yield Goal("growth of memory by an export, MB", changes.growth, 20)
