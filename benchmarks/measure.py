"""Bursts of load on all servers in turn, so that noise on the machine affects all equally."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.load import drive
from benchmarks.servers import Server
from benchmarks.wire import Request


@dataclass(frozen=True)
class Key:
    """The identity of a measurement: server, case, and number of connections."""

    server: str
    case: str
    connections: int


@dataclass(frozen=True)
class Run:
    """A case to measure on a running server."""

    server: Server
    case: str
    connections: int
    requests: Sequence[Request]

    @property
    def key(self) -> Key:
        """The key of the figures of this run."""
        return Key(self.server.name, self.case, self.connections)


@dataclass(frozen=True)
class Figures:
    """The figures of a run, with an element for each round."""

    per_second: tuple[float, ...]
    """Responses per second."""
    cpu: tuple[float, ...]
    """CPU time of the server, all threads, in microseconds per request."""
    client_cpu: tuple[float, ...]
    """CPU time of the load generator in microseconds per request."""


def measure(runs: Sequence[Run], rounds: int, seconds: float) -> dict[Key, Figures]:
    """Measure all runs in each round; each round starts with a different run.

    A run with several requests starts with another one of them in each round.

    Args:
        runs: The runs to measure.
        rounds: The number of rounds.
        seconds: The length of the burst of each run in a round.

    Raises:
        RuntimeError: A response is an error.
    """
    wires = {run.key: [request.encode() for request in run.requests] for run in runs}
    bursts: dict[Key, list[tuple[float, float, float]]] = {run.key: [] for run in runs}
    for number in range(rounds):
        shift = number % len(runs)
        for run in (*runs[shift:], *runs[:shift]):
            sent = wires[run.key]
            first = number * len(sent) // rounds
            bursts[run.key].append(_burst(run, [*sent[first:], *sent[:first]], seconds))
    return {key: Figures(*zip(*rows, strict=True)) for key, rows in bursts.items()}


def ratio(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the median of the ratios within each round, in which both had the same noise."""
    return statistics.median(a / b for a, b in zip(one, other, strict=True))


def _burst(run: Run, wires: Sequence[bytes], seconds: float) -> tuple[float, float, float]:
    before = run.server.cpu_seconds()
    load = drive(run.server.port, wires, run.connections, seconds)
    spent = run.server.cpu_seconds() - before
    return load.per_second, spent / load.requests * 1e6, load.client_cpu / load.requests * 1e6
