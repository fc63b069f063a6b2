"""A run of the benchmark: prepare, start, measure in rounds, submit, count instructions."""

import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks import houston_app
from benchmarks.baselines import DOCUMENT_VARIABLE, PYRAMID_FACTORY, launches
from benchmarks.catalogue.run import measure_catalogue
from benchmarks.database import DATABASE_VARIABLE
from benchmarks.houston_app import Site
from benchmarks.instructions import Count, count_instructions
from benchmarks.measure import Run, measure
from benchmarks.results import DOCUMENT, HOUSTON, LIST, ME, PATCH, PYRAMID, Results
from benchmarks.servers import Launch, Server
from benchmarks.submission import submit
from benchmarks.wire import Request


@dataclass(frozen=True)
class Effort:
    """The length of a run, which determines the precision of its figures."""

    rounds: int
    seconds: float
    """The length of one burst of load."""
    starts: int
    """Number of starts of each server; the last one serves the load."""
    instructions: bool
    catalogue: bool


FULL = Effort(rounds=10, seconds=0.35, starts=3, instructions=True, catalogue=True)
QUICK = Effort(rounds=2, seconds=0.3, starts=1, instructions=False, catalogue=False)


def run(effort: Effort, folder: Path) -> Results:
    """Measure Houston and the baselines on one database in an empty folder.

    Raises:
        RuntimeError: A server does not start, or a response is an error.
    """
    database, document = folder / "houston.db", folder / "document.json"
    site = houston_app.prepare(folder, f"sqlite:///{database}", houston_app.add_users)
    document.write_bytes(houston_app.read_document(site.launch, folder / "document.log"))
    baselines = list(launches(database, document))
    startup: dict[str, list[float]] = {}

    with ExitStack() as stack:

        def start(launch: Launch, owner: ExitStack) -> Server:
            probe = site.me if launch is site.launch else _me(site)
            server = Server(launch, probe, folder / f"{launch.name}.log")
            startup.setdefault(launch.name, []).append(server.startup)
            return owner.enter_context(server)

        for _ in range(effort.starts - 1):
            for launch in (site.launch, *baselines):
                with ExitStack() as brief:
                    start(launch, brief)
        houston = start(site.launch, stack)
        others = [start(launch, stack) for launch in baselines]

        runs = list(_runs(site, houston, others))
        measure(runs, rounds=1, seconds=0.2)
        figures = measure(runs, effort.rounds, effort.seconds)
        memory = {server.name: server.memory() for server in (houston, *others)}

    # Of the same rows as the rates: submissions make the account of the token busy.
    instructions = {}
    if effort.instructions and shutil.which("valgrind"):
        instructions = _instructions(site, database, document)
    submission = submit(site, folder)
    catalogue = measure_catalogue(folder / "catalogue") if effort.catalogue else None
    return Results(figures, startup, memory, instructions, submission, catalogue)


def _runs(site: Site, houston: Server, others: Sequence[Server]) -> Iterator[Run]:
    pyramid = next(server for server in others if server.name == PYRAMID)
    for connections in (1, 8, 32):
        yield Run(houston, ME, connections, [site.me])
        for server in others:
            yield Run(server, ME, connections, [_me(site)])
    yield Run(houston, LIST, 1, [site.page])
    yield Run(pyramid, LIST, 1, [_page(site)])
    yield Run(houston, PATCH, 1, site.patches)
    yield Run(houston, DOCUMENT, 8, [site.swagger])
    yield Run(pyramid, DOCUMENT, 8, [Request("/document")])


def _me(site: Site) -> Request:
    return Request("/users/me").with_token(site.token)


def _page(site: Site) -> Request:
    return Request("/users").with_token(site.token)


def _instructions(site: Site, database: Path, document: Path) -> dict[str, dict[str, Count]]:
    environment = {DATABASE_VARIABLE: str(database), DOCUMENT_VARIABLE: str(document)}

    def count(
        target: str, requests: Sequence[Request], variables: dict[str, str]
    ) -> dict[str, Count]:
        counts = count_instructions(target, requests, repeat=30, environment=variables)
        return dict(zip((ME, LIST), counts, strict=True))

    # Both at once: the number of instructions does not depend on the load of the machine.
    with ThreadPoolExecutor(2) as pool:
        of_houston = pool.submit(
            count, str(site.config), [site.me, site.page], dict(site.launch.environment)
        )
        of_pyramid = pool.submit(count, PYRAMID_FACTORY, [_me(site), _page(site)], environment)
        return {HOUSTON: of_houston.result(), PYRAMID: of_pyramid.result()}
