"""Machine instructions per request, the figure that repeats where time does not.

    python -m benchmarks.instructions TARGET PATH [PATH …] [--sign-in …] [--through waitress]

TARGET is a factory (``package.module:make_app``) or a paste-deploy file (``development.ini``).
The application runs in a worker under ``valgrind --tool=callgrind``. It starts with counting
switched off; callgrind counts from the first request of a batch to the last, and an empty batch
of the same kind is subtracted, so neither start-up nor our own machinery is in the figure.
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
    """Instructions of one request: the median of the batches, and their spread over it."""

    path: str
    instructions: float
    spread: float


class Worker:
    """An application under callgrind that performs a batch of requests when told to."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self._orders, self._answers = cast(IO[str], process.stdin), cast(IO[str], process.stdout)
        self._folder = folder
        self._dumps = 0

    def perform(self, request: Request, repeat: int) -> Any:
        """The application is asked so many times; the JSON of a single answer comes back.

        :raises RuntimeError: the worker ended instead; the message holds its output
        """
        self._orders.write(json.dumps([asdict(request), repeat]) + "\n")
        self._orders.flush()
        answer = self._answers.readline()
        if not answer:
            output = (self._folder / OUTPUT).read_text(errors="replace").strip()[-2000:]
            raise RuntimeError(f"the worker under callgrind ended:\n{output}")
        return json.loads(answer)

    def control(self, *arguments: str) -> None:
        """callgrind_control acts while the worker waits for its next order."""
        subprocess.run(
            ["callgrind_control", *arguments, str(self._process.pid)],
            check=True,
            capture_output=True,
        )

    def count(self, request: Request, repeat: int) -> int:
        """Every dump sets callgrind's counter back to zero, so it holds one batch."""
        self.perform(request, repeat)
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
    """Each request is counted in batches, after one batch without counting and one with.

    :param repeat: requests in a batch
    :param through: ``wsgi`` calls the application, ``waitress`` serves it over a socket
    :param sign_in: a request whose JSON answer holds the ``access_token`` for the others
    :param environment: variables the application needs besides those of this process
    :raises RuntimeError: a request was answered with anything but success
    """
    with _worker(target, through, environment or {}) as worker:
        if sign_in:
            token = worker.perform(sign_in, 1)["access_token"]
            requests = [request.bearing(token) for request in requests]
        for request in requests:
            worker.perform(request, repeat)
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
    """Print one line for each path: millions of instructions, and the spread of the batches."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instructions", description=__doc__)
    parser.add_argument("target", help="package.module:factory, or a paste-deploy file")
    parser.add_argument("paths", nargs="+", metavar="path", help="GET these paths")
    parser.add_argument("--header", action="append", default=[], metavar="'NAME: VALUE'")
    parser.add_argument(
        "--sign-in",
        metavar="PATH?QUERY",
        help="POST the query as a form to the path; its access_token goes with every request",
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
