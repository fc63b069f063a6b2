"""`python -m benchmarks`: measure, print, and fail if a goal is missed."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.goals import goals
from benchmarks.report import report
from benchmarks.run import FULL, QUICK, run


def main() -> int:
    """Run the benchmark; return 1 if a goal is missed, else 0."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="compare Houston with bare frameworks"
    )
    parser.add_argument("--quick", action="store_true", help="a less precise run, in half a minute")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures to FILE")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="houston-benchmark-") as folder:
        results = run(QUICK if options.quick else FULL, Path(folder))
    if options.json:
        options.json.write_text(json.dumps(results.as_json(), indent=2) + "\n")
    print(*report(results), sep="\n")
    return 0 if all(goal.met for goal in goals(results)) else 1


if __name__ == "__main__":
    sys.exit(main())
