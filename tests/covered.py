"""Coverage of the in-process tests on SQLite: `python -m tests.covered`.

Tests with generated input are excluded: tracing makes them ten times slower.
"""

import sys

from tests.run import IN_PROCESS, run

GENERATED_INPUT = "tests/contract/test_schemathesis.py"

if __name__ == "__main__":
    options = ["--quiet", "--cov", f"--ignore={GENERATED_INPUT}"]
    sys.exit(run("sqlite", [*IN_PROCESS, *options]))
