"""A run: generate two sites on each database, measure all in turn, then change the larger ones."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.baselines import launches
from benchmarks.catalogue.changes import Curator, measure_changes
from benchmarks.catalogue.requests import cases
from benchmarks.catalogue.sites import Catalogue, PostgreSQL, generated
from benchmarks.catalogue.statements import count_statements
from benchmarks.measure import Key, Run, measure
from benchmarks.results import BARE, DETAIL, CatalogueFigures, SiteFigures
from benchmarks.servers import Server
from benchmarks.wire import Request

SIGHTINGS = 10_000
LEAST = 4_000
"""The least number of sightings, which have enough encounters for the merges."""
GROWTH = 10
"""The larger site of a database has so many times the sightings of the smaller one."""
SERVER = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
ROUNDS, BURST = 5, 0.3
DETAIL_ASSETS, DETAIL_ENCOUNTERS = 10, 5


def measure_catalogue(
    folder: Path, sightings: int = SIGHTINGS, server: str = SERVER
) -> CatalogueFigures:
    """Measure sites with so many sightings, and with a tenth of them, on both databases.

    Args:
        folder: An empty folder, or one that does not exist.
        sightings: The number of sightings.
        server: The URL of a server of PostgreSQL, which is not measured if it does not answer.

    Raises:
        RuntimeError: A server does not start, or a response is an error.
    """
    postgresql = PostgreSQL(server)
    databases = [None, postgresql] if postgresql.answers() else [None]
    sizes = sightings // GROWTH, sightings
    with ExitStack() as stack:
        catalogues = [
            stack.enter_context(generated(folder / f"site-{number}-{size}", size, database))
            for number, database in enumerate(databases)
            for size in sizes
        ]
        bare = stack.enter_context(_bare_pyramid(catalogues[0], folder))
        servers = [stack.enter_context(catalogue.serve()) for catalogue in catalogues]
        requests = [
            cases(server, catalogue.owner, _sighting(server, catalogue), sizes[0])
            for server, catalogue in zip(servers, catalogues, strict=True)
        ]
        me = Request("/users/me").with_token(catalogues[0].site.token)
        runs = [
            Run(server, case, 1, sent)
            for server, own in zip(servers, requests, strict=True)
            for case, sent in own.items()
        ]
        runs.append(Run(bare, BARE, 1, [me]))
        measure(runs, rounds=1, seconds=BURST)
        figures = measure(runs, ROUNDS, BURST)
        return CatalogueFigures(
            bare=figures[Key(bare.name, BARE, 1)].cpu,
            sites=[
                SiteFigures(
                    database=catalogue.database,
                    sightings=catalogue.sightings,
                    cpu={case: figures[Key(server.name, case, 1)].cpu for case in own},
                    statements=count_statements(catalogue.site, own[DETAIL][0]),
                    changes=measure_changes(catalogue, server)
                    if catalogue.sightings == sightings
                    else None,
                )
                for server, catalogue, own in zip(servers, catalogues, requests, strict=True)
            ],
        )


@contextmanager
def _bare_pyramid(catalogue: Catalogue, folder: Path) -> Iterator[Server]:
    """Run bare Pyramid on the accounts of a site on SQLite."""
    document = folder / "document.json"
    document.write_bytes(b"{}")
    launch = next(iter(launches(catalogue.folder / "houston.db", document)))
    probe = Request("/users/me").with_token(catalogue.site.token)
    with Server(launch, probe, folder / "bare.log") as server:
        yield server


def _sighting(server: Server, catalogue: Catalogue) -> str:
    """Report and commit the sighting whose detail is read, as its owner."""
    owner = Curator(server, catalogue.owner, catalogue.sightings)
    return owner.commit(owner.draft(DETAIL_ASSETS, DETAIL_ENCOUNTERS))
