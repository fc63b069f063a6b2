"""Servers as separate processes: start on a free port, measure from outside, stop."""

import os
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from benchmarks.wire import HOST, Request, ask

START_SECONDS = 120.0
"""Time limit of a server for its first successful response."""


@dataclass(frozen=True)
class Launch:
    """The command that starts a server; ``{port}`` in it is the port to listen on."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


class Server:
    """A running server, which stops at the end of its ``with`` block."""

    def __init__(self, launch: Launch, probe: Request, log: Path) -> None:
        """Start the server, and wait until the response to the probe is 200.

        Raises:
            RuntimeError: The server ended or did not succeed in time; the message contains its
                output.
        """
        self.name = launch.name
        self.port = _free_port()
        self._log = log
        started = time.perf_counter()
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [part.format(port=self.port) for part in launch.command],
                # With PYTHONDONTWRITEBYTECODE, compiling would take half of the start.
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **launch.environment},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait_for_success(probe, started + START_SECONDS)
        except BaseException:
            self.stop()
            raise
        self.startup = time.perf_counter() - started
        """Seconds from the start of the process to its first successful response."""

    def __enter__(self) -> "Server":
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()

    def cpu_seconds(self) -> float:
        """Return the CPU time of all threads of the process, in user and kernel mode."""
        return cpu_seconds(self._process.pid)

    def memory(self) -> dict[str, float]:
        """Return the resident memory in MB (10^6 bytes): ``now``, and its ``peak``."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        fields = dict(line.split(":", 1) for line in status.splitlines())
        return {
            name: int(fields[key].split()[0]) * 1024 / 1e6
            for name, key in (("now", "VmRSS"), ("peak", "VmHWM"))
        }

    def stop(self) -> None:
        """Terminate the process; kill it if it is still running after five seconds."""
        self._process.terminate()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait_for_success(self, probe: Request, deadline: float) -> None:
        while time.perf_counter() < deadline:
            if self._process.poll() is not None:
                break
            try:
                if ask(self.port, probe)[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.01)
        output = self._log.read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{self.name} did not answer {probe.path} with 200:\n{output}")


def cpu_seconds(process: int) -> float:
    """Return the CPU time of a process, whoever started it."""
    # The per-process CPU clock of Linux (clock_getcpuclockid(3)) has a resolution of
    # nanoseconds; the ticks of /proc/PID/stat are 10 ms.
    return time.clock_gettime(~process << 3 | 2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
