"""The number of SQL statements of a request, in a process of its own.

    python -m benchmarks.catalogue.statements INI

It reads a request as JSON from standard input, and prints the number of statements of the second
time that it is sent: the first one fills caches. The begin of a transaction does not count.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from typing import Any

from sqlalchemy import Engine, event

from benchmarks.houston_app import Site
from benchmarks.instrumented import call_directly, load
from benchmarks.wire import Request


def count_statements(site: Site, request: Request) -> int:
    """Return the number of statements of a request.

    Raises:
        RuntimeError: The request failed.
    """
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.catalogue.statements", str(site.config)],
        input=json.dumps(asdict(request)),
        env={**os.environ, **site.launch.environment},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"no statements were counted:\n{done.stderr[-2000:]}")
    return int(done.stdout)


def main() -> None:
    """Count the statements of the request at standard input."""
    # Log lines of the application must not be mistaken for the result.
    result, sys.stdout = sys.stdout, sys.stderr
    send, request = call_directly(load(sys.argv[1])), Request(**json.load(sys.stdin))
    send(request, 1)
    statements: list[str] = []

    def record(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", record)
    send(request, 1)
    print(len(statements), file=result)
    os._exit(0)  # Threads of the application may still run.


if __name__ == "__main__":
    main()
