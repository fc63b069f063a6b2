"""Changes and exports, timed as a client sees them: the administrator, who may do all."""

import statistics
import time
from datetime import date, timedelta
from typing import Any

from benchmarks.catalogue.sites import Catalogue
from benchmarks.houston_app import posting, succeed
from benchmarks.results import Changes
from benchmarks.servers import Server
from benchmarks.submission import Reporter, photograph, seconds, sighting

REPETITIONS = 3
ASSETS, ENCOUNTERS = 100, 20
MERGED = 500
"""The encounters of each of the two individuals that are merged."""
PART = 100
"""The encounters in a page, and in a request that gives them to an individual."""
EXPORTED, FEW, MANY = 10_000, 1_000, 100_000
"""The encounters of the export that is timed, and of those whose memory is compared."""
BEGIN, DAYS, ENCOUNTERS_OF_SIGHTING = date(2014, 1, 1), 3650, 2.5
PATIENCE = 7200.0
"""Time limit of an export in seconds."""


def measure_changes(catalogue: Catalogue, server: Server) -> Changes:
    """Measure changes on a running server, and exports on one that starts for their memory.

    Raises:
        RuntimeError: A request fails.
    """
    curator = Curator(server, catalogue.site.token, catalogue.sightings)
    commits, merges = [], []
    nameless = curator.nameless(REPETITIONS * 2 * MERGED)
    for _ in range(REPETITIONS):
        draft = curator.draft(ASSETS, ENCOUNTERS)
        with seconds() as taken:
            curator.commit(draft)
        commits += taken
        target, source = (
            curator.individual([nameless.pop() for _ in range(MERGED)]) for _ in range(2)
        )
        with seconds() as taken:
            curator.merge(target, source)
        merges += taken
    with catalogue.serve() as fresh:
        exporter = Curator(fresh, catalogue.site.token, catalogue.sightings)
        exporter.export_in_background(FEW)
        before = fresh.memory()["peak"]
        exporter.export_in_background(MANY)
        growth = fresh.memory()["peak"] - before
        with seconds() as exporting:
            exporter.export(EXPORTED)
    commit, merge = statistics.median(commits), statistics.median(merges)
    return Changes(commit=commit, merge=merge, export=exporting[0], growth=growth)


class Curator:
    """A client that reports, commits, merges and exports.

    Args:
        server: The server of a generated site.
        token: A token.
        sightings: The number of generated sightings.
    """

    def __init__(self, server: Server, token: str, sightings: int) -> None:
        self._server, self._token, self._sightings = server, token, sightings
        self._reporter = Reporter(server, token)
        (self._sample,) = self._call("POST", "/encounters/search?limit=1", {})

    def draft(self, assets: int, encounters: int) -> str:
        """Report a sighting; return its guid when it can be committed."""
        photographs = {f"{number}.jpg": photograph((64, 48)) for number in range(assets)}
        files = self._reporter.upload(photographs.items())
        report = sighting(list(photographs), self._sample["locationId"], encounters)
        group = self._reporter.report("form", files, [report])
        self._reporter.wait_until_prepared(group)
        (draft,) = self._call("GET", f"/asset_groups/{group}")["asset_group_sightings"]
        return str(draft["guid"])

    def commit(self, draft: str) -> str:
        """Commit a sighting; return its guid."""
        return str(self._call("POST", f"/asset_groups/sighting/{draft}/commit")["guid"])

    def nameless(self, number: int) -> list[str]:
        """Return the guids of encounters without an individual."""
        query = {"bool": {"must_not": [{"exists": {"field": "individual_guid"}}]}}
        pages = [
            self._call("POST", f"/encounters/search?limit={PART}&offset={offset}", query)
            for offset in range(0, number, PART)
        ]
        return [each["guid"] for page in pages for each in page]

    def individual(self, encounters: list[str]) -> str:
        """Create an individual that was seen in some encounters; return its guid."""
        parts = [encounters[first : first + PART] for first in range(0, len(encounters), PART)]
        body = {
            "taxonomy": self._sample["taxonomy_guid"],
            "encounters": [{"id": guid} for guid in parts[0]],
        }
        guid = str(self._call("POST", "/individuals/", body)["guid"])
        for part in parts[1:]:
            adding = {"op": "add", "path": "/encounters", "value": part}
            self._call("PATCH", f"/individuals/{guid}", [adding])
        return guid

    def merge(self, target: str, source: str) -> None:
        """Merge an individual into another one."""
        merged = self._call("POST", f"/individuals/{target}/merge", {"fromIndividualIds": [source]})
        if "merged" not in merged:
            raise RuntimeError(f"the individuals were not merged: {merged}")

    def export(self, encounters: int) -> None:
        """Export about so many encounters at once."""
        request = posting("/encounters/export?format=xlsx", self._earliest(encounters))
        succeed(self._server, request.with_token(self._token), PATIENCE)

    def export_in_background(self, encounters: int) -> None:
        """Export about so many encounters in the background, and wait for the file."""
        body = {"noun": "encounters", "format": "xlsx", "query": self._earliest(encounters)}
        export, deadline = self._call("POST", "/exports", body), time.perf_counter() + PATIENCE
        while export["state"] == "pending" and time.perf_counter() < deadline:
            time.sleep(0.25)
            export = self._call("GET", f"/exports/{export['guid']}")
        if export["state"] != "done":
            raise RuntimeError(f"the export was not made: {export}")

    def _earliest(self, encounters: int) -> dict[str, Any]:
        """The query of so many encounters, or of all if there are less; their times are random."""
        share = min(1.0, encounters / (self._sightings * ENCOUNTERS_OF_SIGHTING))
        end = BEGIN + timedelta(days=round(DAYS * share))
        return {"range": {"time": {"lt": end.isoformat()}}}

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        return self._reporter.call(method, path, body)
