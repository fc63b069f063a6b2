"""Coverage of the in-process tests on SQLite: `python -m tests.covered`.

Tests with generated input, and those that measure time, are excluded: tracing makes them ten times
slower.
"""

import sys

from tests.run import IN_PROCESS, run

SLOWED = ("test_schemathesis", "test_raw_operations", "test_growth")

if __name__ == "__main__":
    ignored = [f"--ignore=tests/contract/{name}.py" for name in SLOWED]
    sys.exit(run("sqlite", [*IN_PROCESS, "--quiet", "--cov", *ignored]))
