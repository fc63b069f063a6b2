"""Bursts of load on all servers in turn, so that noise on the machine hits all of them alike."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.load import drive
from benchmarks.servers import Server
from benchmarks.wire import Request


@dataclass(frozen=True)
class Key:
    """What was measured: a server's name, a case's name, and the number of connections."""

    server: str
    case: str
    connections: int


@dataclass(frozen=True)
class Run:
    """One case on one running server."""

    server: Server
    case: str
    connections: int
    requests: Sequence[Request]

    @property
    def key(self) -> Key:
        """The name of this run's figures."""
        return Key(self.server.name, self.case, self.connections)


@dataclass(frozen=True)
class Figures:
    """One run's figures, an element for each round."""

    per_second: tuple[float, ...]
    """Answers per second."""
    cpu: tuple[float, ...]
    """Microseconds of the server's CPU time for each request, all threads."""
    client_cpu: tuple[float, ...]
    """Microseconds of the load generator's CPU time for each request."""


def measure(runs: Sequence[Run], rounds: int, seconds: float) -> dict[Key, Figures]:
    """Every round goes through all runs for `seconds` each, and starts with another one.

    :raises RuntimeError: a server answered with anything but success
    """
    wires = {run.key: [request.encode() for request in run.requests] for run in runs}
    bursts: dict[Key, list[tuple[float, float, float]]] = {run.key: [] for run in runs}
    for number in range(rounds):
        shift = number % len(runs)
        for run in (*runs[shift:], *runs[:shift]):
            bursts[run.key].append(_burst(run, wires[run.key], seconds))
    return {key: Figures(*zip(*rows, strict=True)) for key, rows in bursts.items()}


def ratio(one: Sequence[float], other: Sequence[float]) -> float:
    """The median over the rounds of the ratio within a round, where both met the same noise."""
    return statistics.median(a / b for a, b in zip(one, other, strict=True))


def _burst(run: Run, wires: Sequence[bytes], seconds: float) -> tuple[float, float, float]:
    before = run.server.cpu_seconds()
    load = drive(run.server.port, wires, run.connections, seconds)
    spent = run.server.cpu_seconds() - before
    return load.per_second, spent / load.requests * 1e6, load.client_cpu / load.requests * 1e6
