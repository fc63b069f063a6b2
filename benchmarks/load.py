"""A closed loop of kept-alive connections: each sends its next request when it is answered.

It runs in the benchmark's own process, apart from the servers, on ready-made bytes and one
epoll. Its own cost per request is part of every result, so that nobody takes the ceiling of the
generator for the speed of a server.
"""

import itertools
import select
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.wire import HOST, complete_length


@dataclass(frozen=True)
class Load:
    """What one burst of load came to."""

    requests: int
    """Answers in all, with those that were under way at the end."""
    per_second: float
    """Answers per second within the time given."""
    client_cpu: float
    """Seconds of CPU that the generator itself took."""


class _Connection:
    """A socket and what has arrived of the answer it waits for."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""

    def answered(self) -> bool:
        """Take what is there; true when it completes an answer.

        :raises RuntimeError: the answer is no success, or there is none
        """
        received = self._received + self.socket.recv(1 << 18)
        if received[9:10] != b"2":
            raise RuntimeError(f"a benchmark needs success, not {received[:500]!r}")
        length = complete_length(received)
        if length is None or len(received) < length:
            self._received = received
            return False
        self._received = b""
        return True


def drive(port: int, wires: Sequence[bytes], connections: int, seconds: float) -> Load:
    """Requests are taken from `wires` in turn, over and over, by all connections together.

    :raises RuntimeError: an answer is no success
    """
    peers = {peer.socket.fileno(): peer for peer in (_Connection(port) for _ in range(connections))}
    try:
        return _drive(peers, itertools.cycle(wires), seconds)
    finally:
        for peer in peers.values():
            peer.socket.close()


def _drive(peers: dict[int, _Connection], wires: Iterator[bytes], seconds: float) -> Load:
    poller = select.epoll()
    client_cpu = time.process_time()
    deadline = time.perf_counter() + seconds
    for number, peer in peers.items():
        poller.register(number, select.EPOLLIN)
        peer.socket.sendall(next(wires))
    in_time, late, waiting = 0, 0, len(peers)
    while waiting:
        for number, _ in poller.poll():
            peer = peers[number]
            if not peer.answered():
                continue
            if time.perf_counter() < deadline:
                in_time += 1
                peer.socket.sendall(next(wires))
            else:
                late += 1
                waiting -= 1
    poller.close()
    return Load(in_time + late, in_time / seconds, time.process_time() - client_cpu)
