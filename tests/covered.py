"""What the tests within the process cover, on SQLite: `python -m tests.covered`.

Generated input is left out, which tracing makes ten times as slow.
"""

import sys

from tests.run import WITHIN_THE_PROCESS, run

GENERATED_INPUT = "tests/contract/test_schemathesis.py"

if __name__ == "__main__":
    options = ["--quiet", "--cov", f"--ignore={GENERATED_INPUT}"]
    sys.exit(run("sqlite", [*WITHIN_THE_PROCESS, *options]))
