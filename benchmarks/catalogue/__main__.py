"""`python -m benchmarks.catalogue`: the figures of the catalogue alone, on a site of any size."""

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from benchmarks.catalogue.run import LEAST, SERVER, SIGHTINGS, measure_catalogue
from benchmarks.goals import goals_of_catalogue
from benchmarks.report import report_catalogue, report_goals


def main() -> int:
    """Measure and print; return 1 if a goal is missed, else 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.catalogue", description=__doc__)
    parser.add_argument("--sightings", type=int, default=SIGHTINGS, help=f"at least {LEAST}")
    parser.add_argument(
        "--database",
        default=SERVER,
        metavar="URL",
        help="a PostgreSQL server of this machine, on which databases are created and dropped",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures to FILE")
    options = parser.parse_args()
    if options.sightings < LEAST:
        parser.error(f"the merges need the encounters of {LEAST} sightings")

    with tempfile.TemporaryDirectory(prefix="houston-catalogue-") as folder:
        figures = measure_catalogue(Path(folder), options.sightings, options.database)
    if options.json:
        options.json.write_text(json.dumps(asdict(figures), indent=2) + "\n")
    goals = list(goals_of_catalogue(figures))
    print(*report_catalogue(figures), *report_goals(goals), sep="\n")
    return 0 if all(goal.met for goal in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
