"""The report: the figures as text."""

import statistics
from collections.abc import Callable, Iterable, Iterator

from benchmarks.goals import Goal, goals
from benchmarks.measure import Key
from benchmarks.results import CatalogueFigures, Results


def report(results: Results) -> Iterator[str]:
    """Yield the lines: load, processes, instructions, submissions, catalogue, goals."""
    yield from _load(results)
    yield from _processes(results)
    yield from _instructions(results)
    yield from _submission(results)
    if results.catalogue:
        yield from report_catalogue(results.catalogue)
    yield from report_goals(goals(results))


def _load(results: Results) -> Iterator[str]:
    yield f"{'':22}{'':18}{'connec-':>8}{'requests':>10}{'CPU µs/request':>18}"
    yield f"{'case':22}{'server':18}{'tions':>8}{'/s':>10}{'server':>9}{'client':>9}"
    previous = ""
    for key in sorted(results.figures, key=_order(results)):
        figures = results.figures[key]
        rate, cpu, client = (
            statistics.median(values)
            for values in (figures.per_second, figures.cpu, figures.client_cpu)
        )
        case = "" if key.case == previous else key.case
        yield f"{case:22}{key.server:18}{key.connections:8}{rate:10.0f}{cpu:9.0f}{client:9.0f}"
        previous = key.case


def _order(results: Results) -> Callable[[Key], tuple[int, int, int]]:
    cases = list(dict.fromkeys(key.case for key in results.figures))
    servers = list(results.startup)
    return lambda key: (cases.index(key.case), key.connections, servers.index(key.server))


def _processes(results: Results) -> Iterator[str]:
    yield ""
    yield f"{'process':40}{'start s':>8}{'memory MB':>10}{'peak MB':>9}"
    for server, seconds in results.startup.items():
        memory = results.memory[server]
        startup = statistics.median(seconds)
        yield f"{server:40}{startup:8.2f}{memory['now']:10.0f}{memory['peak']:9.0f}"


def _instructions(results: Results) -> Iterator[str]:
    yield ""
    if not results.instructions:
        yield "no instructions: this is a quick run, or valgrind is not installed"
    for server, counts in results.instructions.items():
        for case, count in counts.items():
            millions = count.instructions / 1e6
            yield f"{case:22}{server:18}{millions:8.2f} M instructions, ±{count.spread / 2:.1%}"


def _submission(results: Results) -> Iterator[str]:
    figures = results.submission
    yield ""
    yield (
        f"20 photographs of 5 MB: answered in {figures.answered:.2f} s, "
        f"prepared {figures.prepared:.1f} s later; {figures.images_per_core:.1f} per CPU second; "
        f"peak {figures.memory:.0f} MB"
    )
    yield (
        f"1000 sightings, 2000 assets: answered in {figures.bulk:.2f} s, refused for an "
        f"invalid row in {figures.refused:.2f} s"
    )


def report_catalogue(figures: CatalogueFigures) -> Iterator[str]:
    """Yield the lines of the catalogue."""
    sites = figures.sites
    yield ""
    yield f"{'CPU ms/request':24}" + "".join(f"{site.database:>12}" for site in sites)
    yield f"{'sightings':24}" + "".join(f"{site.sightings:12}" for site in sites)
    for case in sites[0].cpu:
        medians = (statistics.median(site.cpu[case]) / 1000 for site in sites)
        yield f"{case:24}" + "".join(f"{median:12.1f}" for median in medians)
    bare = statistics.median(figures.bare) / 1000
    yield f"users/me of bare Pyramid: {bare:.2f} ms"
    for site in sites:
        if changes := site.changes:
            yield (
                f"{site.database}: commit of 100 assets {changes.commit:.2f} s, merge of 1000 "
                f"encounters {changes.merge:.2f} s, export of 10,000 encounters "
                f"{changes.export:.1f} s; {changes.growth:.0f} MB more for 100,000 than for 1000"
            )


def report_goals(goals: Iterable[Goal]) -> Iterator[str]:
    """Yield a line for each goal."""
    yield ""
    for goal in goals:
        verdict = "PASS" if goal.met else "FAIL"
        bound = f"{'≥' if goal.at_least else '≤'} {goal.bound:g}"
        yield f"{verdict}  {goal.description:44}{goal.value:8.2f}  {bound}"
