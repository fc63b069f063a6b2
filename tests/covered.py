"""The coverage of the tests within the process, on SQLite: `python -m tests.covered`.

Tests with generated input are left out: tracing makes them ten times as slow.
"""

import sys

from tests.run import WITHIN_THE_PROCESS, run

GENERATED_INPUT = "tests/contract/test_schemathesis.py"

if __name__ == "__main__":
    options = ["--quiet", "--cov", f"--ignore={GENERATED_INPUT}"]
    sys.exit(run("sqlite", [*WITHIN_THE_PROCESS, *options]))
