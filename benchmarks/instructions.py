"""Machine instructions per request, which are reproducible on a busy machine.

    python -m benchmarks.instructions TARGET PATH [PATH …] [--sign-in …] [--through waitress]

TARGET is a factory (``package.module:make_app``) or a paste-deploy file (``development.ini``).
The application runs in a worker under ``valgrind --tool=callgrind``. It starts with counting
switched off; callgrind counts from the first request of a batch to the last, and an empty batch
of the same kind is subtracted, so the figure contains neither start-up nor the benchmark itself.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, cast

from benchmarks.wire import Request, form

BATCHES = 3
DUMP = "callgrind.out"
OUTPUT = "worker.log"


@dataclass(frozen=True)
class Count:
    """Instructions per request: the median of the batches, and their relative spread."""

    path: str
    instructions: float
    spread: float


class Worker:
    """An application under callgrind that runs batches of requests."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self._commands, self._results = cast(IO[str], process.stdin), cast(IO[str], process.stdout)
        self._folder = folder
        self._dumps = 0

    def send(self, request: Request, repeat: int) -> Any:
        """Send the request `repeat` times; return the JSON of the response if that is once.

        Raises:
            RuntimeError: The worker ended; the message contains its output.
        """
        self._commands.write(json.dumps([asdict(request), repeat]) + "\n")
        self._commands.flush()
        result = self._results.readline()
        if not result:
            output = (self._folder / OUTPUT).read_text(errors="replace").strip()[-2000:]
            raise RuntimeError(f"the worker under callgrind ended:\n{output}")
        return json.loads(result)

    def control(self, *arguments: str) -> None:
        """Run callgrind_control while the worker waits for its next command."""
        subprocess.run(
            ["callgrind_control", *arguments, str(self._process.pid)],
            check=True,
            capture_output=True,
        )

    def count(self, request: Request, repeat: int) -> int:
        """Return the instructions of one batch; each dump resets the counter of callgrind."""
        self.send(request, repeat)
        self.control("-d")
        self._dumps += 1
        return _total(self._folder / f"{DUMP}.{self._dumps}")


def count_instructions(
    target: str,
    requests: Sequence[Request],
    *,
    repeat: int = 100,
    through: str = "wsgi",
    sign_in: Request | None = None,
    environment: Mapping[str, str] | None = None,
) -> list[Count]:
    """Count the instructions of each request, after one batch without counting and one with.

    Args:
        target: The application: ``package.module:factory`` or the path of an ini file.
        requests: The requests to count.
        repeat: The number of requests in a batch.
        through: ``wsgi`` calls the application, ``waitress`` serves it over a socket.
        sign_in: A request whose JSON response contains the ``access_token`` for the others.
        environment: Environment variables of the application besides those of this process.

    Raises:
        RuntimeError: A request failed.
    """
    with _worker(target, through, environment or {}) as worker:
        if sign_in:
            token = worker.send(sign_in, 1)["access_token"]
            requests = [request.with_token(token) for request in requests]
        for request in requests:
            worker.send(request, repeat)
        worker.control("-i", "on")
        return [_count(worker, request, repeat) for request in requests]


def _count(worker: Worker, request: Request, repeat: int) -> Count:
    worker.count(request, repeat)
    overhead = worker.count(request, 0)
    batches = [(worker.count(request, repeat) - overhead) / repeat for _ in range(BATCHES)]
    median = statistics.median(batches)
    return Count(request.path, median, (max(batches) - min(batches)) / median)


@contextmanager
def _worker(target: str, through: str, environment: Mapping[str, str]) -> Iterator[Worker]:
    with tempfile.TemporaryDirectory() as name, (Path(name) / OUTPUT).open("w") as output:
        folder = Path(name)
        command = [
            *("valgrind", "--tool=callgrind", "--instr-atstart=no"),
            *(f"--callgrind-out-file={folder / DUMP}", f"--log-file={folder / 'valgrind.log'}"),
            *(sys.executable, "-m", "benchmarks.instrumented", target, through),
        ]
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
            env={**os.environ, **environment, "PYTHONHASHSEED": "0"},
        )
        try:
            yield Worker(process, folder)
        finally:
            process.kill()
            process.communicate()


def _total(dump: Path) -> int:
    totals = [line for line in dump.read_text().splitlines() if line.startswith("totals:")]
    return int(totals[-1].split()[1])


def main() -> None:
    """Print a line for each path: millions of instructions, and the spread of the batches."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instructions", description=__doc__)
    parser.add_argument("target", help="package.module:factory, or a paste-deploy file")
    parser.add_argument("paths", nargs="+", metavar="path", help="GET these paths")
    parser.add_argument("--header", action="append", default=[], metavar="'NAME: VALUE'")
    parser.add_argument(
        "--sign-in",
        metavar="PATH?QUERY",
        help="POST the query as a form to the path; use its access_token for all requests",
    )
    parser.add_argument("--through", choices=("wsgi", "waitress"), default="wsgi")
    parser.add_argument("--repeat", type=int, default=100, help="requests in a batch")
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        parser.error("valgrind is not installed")

    headers = dict(line.split(": ", 1) for line in options.header)
    counts = count_instructions(
        options.target,
        [Request(path, headers=headers) for path in options.paths],
        repeat=options.repeat,
        through=options.through,
        sign_in=options.sign_in and form(*options.sign_in.split("?", 1)),
    )
    for count in counts:
        millions = count.instructions / 1e6
        print(f"{millions:8.3f} M instructions  ±{count.spread / 2:.2%}  {count.path}")


if __name__ == "__main__":
    main()
