"""A closed loop of persistent connections: each sends its next request after the response.

It runs in the process of the benchmark, apart from the servers, with encoded requests and one
epoll. Every result includes its own CPU time per request, which shows whether the generator
limits the rate.
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
    """The result of one burst of load."""

    requests: int
    """Number of responses, including those after the end of the burst."""
    per_second: float
    """Responses per second within the burst."""
    client_cpu: float
    """CPU time of the generator in seconds."""


class _Connection:
    """A socket, and the received part of a response."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""

    def receive(self) -> bool:
        """Read the available bytes; return whether the response is complete.

        Raises:
            RuntimeError: The response is an error, or the connection is closed.
        """
        received = self._received + self.socket.recv(1 << 18)
        if received[9:10] != b"2":
            raise RuntimeError(f"expected a successful response, not {received[:500]!r}")
        length = complete_length(received)
        if length is None or len(received) < length:
            self._received = received
            return False
        self._received = b""
        return True


def drive(port: int, wires: Sequence[bytes], connections: int, seconds: float) -> Load:
    """Send `wires` in turn, repeatedly, over all connections.

    Args:
        port: The port of the server.
        wires: The encoded requests.
        connections: The number of connections.
        seconds: The length of the burst.

    Raises:
        RuntimeError: A response is an error.
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
            if not peer.receive():
                continue
            if time.perf_counter() < deadline:
                in_time += 1
                peer.socket.sendall(next(wires))
            else:
                late += 1
                waiting -= 1
    poller.close()
    return Load(in_time + late, in_time / seconds, time.process_time() - client_cpu)
