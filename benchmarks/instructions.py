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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BATCHES = 3


@dataclass(frozen=True)
class Count:
    """Instructions of one request: the median of the batches, and their spread over it."""

    path: str
    instructions: float
    spread: float


class Worker:
    """An application under callgrind that performs a batch of requests when told to."""

    def __init__(self, process: subprocess.Popen[str], out_file: Path) -> None:
        self._process = process
        self._out_file = out_file
        self._dumps = 0

    def ask(self, **order: Any) -> dict[str, Any]:
        """The worker does one order after the other and answers each with a JSON object.

        :raises RuntimeError: the worker ended instead; its error output says why
        """
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the worker under callgrind ended before it answered")
        return json.loads(answer)

    def control(self, *arguments: str) -> None:
        """callgrind_control acts while the worker waits for its next order."""
        subprocess.run(
            ["callgrind_control", *arguments, str(self._process.pid)],
            check=True,
            capture_output=True,
        )

    def count(self, order: dict[str, Any], repeat: int) -> int:
        """Every dump sets callgrind's counter back to zero, so it holds one batch."""
        self.ask(**order, repeat=repeat)
        self.control("-d")
        self._dumps += 1
        return _total(self._out_file.with_name(f"{self._out_file.name}.{self._dumps}"))


def count_instructions(
    target: str,
    requests: Sequence[dict[str, Any]],
    *,
    repeat: int = 100,
    through: str = "wsgi",
    sign_in: dict[str, Any] | None = None,
) -> list[Count]:
    """Each request is counted in batches after a warm-up with and one without counting.

    :param requests: objects with ``path`` and, if wanted, ``method``, ``headers`` and ``body``
    :param repeat: requests in a batch
    :param through: ``wsgi`` calls the application, ``waitress`` serves it over a socket
    :param sign_in: a request whose JSON answer holds the ``access_token`` for the others
    """
    with _worker(target, through) as worker:
        token = worker.ask(**sign_in, repeat=1)["json"]["access_token"] if sign_in else None
        orders = [_authorized(request, token) for request in requests]
        for order in orders:
            worker.ask(**order, repeat=repeat)
        worker.control("-i", "on")
        return [_count(worker, order, repeat) for order in orders]


def _count(worker: Worker, order: dict[str, Any], repeat: int) -> Count:
    worker.count(order, repeat)
    overhead = worker.count(order, 0)
    batches = [(worker.count(order, repeat) - overhead) / repeat for _ in range(BATCHES)]
    median = statistics.median(batches)
    return Count(order["path"], median, (max(batches) - min(batches)) / median)


def _authorized(request: dict[str, Any], token: str | None) -> dict[str, Any]:
    headers = dict(request.get("headers", {}))
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return {**request, "headers": headers}


@contextmanager
def _worker(target: str, through: str) -> Iterator[Worker]:
    with tempfile.TemporaryDirectory() as folder:
        out_file = Path(folder) / "callgrind.out"
        command = [
            "valgrind",
            "--tool=callgrind",
            "--instr-atstart=no",
            f"--callgrind-out-file={out_file}",
            f"--log-file={Path(folder) / 'valgrind.log'}",
            *(sys.executable, "-m", "benchmarks.instrumented", target, through),
        ]
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )
        try:
            yield Worker(process, out_file)
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
        [{"path": path, "headers": headers} for path in options.paths],
        repeat=options.repeat,
        through=options.through,
        sign_in=options.sign_in and _form(options.sign_in),
    )
    for count in counts:
        millions = count.instructions / 1e6
        print(f"{millions:8.3f} M instructions  ±{count.spread / 2:.2%}  {count.path}")


def _form(path_and_query: str) -> dict[str, Any]:
    path, _, query = path_and_query.partition("?")
    return {
        "method": "POST",
        "path": path,
        "headers": {"Content-Type": "application/x-www-form-urlencoded"},
        "body": query,
    }


if __name__ == "__main__":
    main()
