"""Servers as processes of their own: started on a free port, watched from outside, ended."""

import os
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from benchmarks.wire import HOST, Request, ask

PATIENCE = 30.0
"""Seconds a server has for its first success."""


@dataclass(frozen=True)
class Launch:
    """How a server is started. ``{port}`` in the command is where it shall listen."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


class Server:
    """A running server. Leaving its ``with`` block ends it."""

    def __init__(self, launch: Launch, probe: Request, log: Path) -> None:
        """Start and wait until the probe is answered with 200.

        :raises RuntimeError: it ended, or did not succeed in time; the message holds its output
        """
        self.name = launch.name
        self.port = _free_port()
        self._log = log
        started = time.perf_counter()
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [part.format(port=self.port) for part in launch.command],
                # Where it is switched off, the compiler would take half of a start.
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **launch.environment},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait_for_success(probe, started + PATIENCE)
        except BaseException:
            self.stop()
            raise
        self.startup = time.perf_counter() - started
        """Seconds from the start of the process to its first success."""

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
        """CPU time of all threads of the process so far, in user and kernel mode."""
        # Linux's per-process CPU clock (clock_getcpuclockid(3)): nanoseconds, where the ticks of
        # /proc/PID/stat are a hundredth of a second.
        return time.clock_gettime(~self._process.pid << 3 | 2)

    def memory(self) -> dict[str, float]:
        """Resident memory in MB (10^6 bytes): ``now``, and at its ``peak``."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        fields = dict(line.split(":", 1) for line in status.splitlines())
        return {
            name: int(fields[key].split()[0]) * 1024 / 1e6
            for name, key in (("now", "VmRSS"), ("peak", "VmHWM"))
        }

    def stop(self) -> None:
        """End the process politely, then for certain."""
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
