"""`python -m benchmarks`: measure, print, and fail when a promise is broken."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.goals import goals
from benchmarks.report import report
from benchmarks.run import FULL, QUICK, run


def main() -> int:
    """The exit status is 1 when a goal is missed, else 0."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Houston's speed beside bare frameworks"
    )
    parser.add_argument("--quick", action="store_true", help="a rough look, in half a minute")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there too")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="houston-benchmark-") as folder:
        results = run(QUICK if options.quick else FULL, Path(folder))
    if options.json:
        options.json.write_text(json.dumps(results.as_json(), indent=2) + "\n")
    print(*report(results), sep="\n")
    return 0 if all(goal.kept for goal in goals(results)) else 1


if __name__ == "__main__":
    sys.exit(main())
