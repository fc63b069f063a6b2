"""The process that reads files of strangers: a child of it for each file, with limits.

The process is started with the first file and forks a child for each, which takes milliseconds. The
request is a line of JSON, and so is the answer, which the bytes of its files follow. A child that
exceeds a limit is ended by the kernel.
"""

import json
import os
import subprocess
import sys
import weakref
from socket import send_fds, socket, socketpair
from threading import Lock
from typing import Any, BinaryIO

from houston.core.images.values import UnusableFile

EXCEEDED = "The picture takes more time or memory than a picture may take."


class Sandbox:
    """Runs the operations of `houston.core.images.decoder` on files.

    Args:
        memory: The bytes that an operation may use.
    """

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._starting = Lock()
        self._control: socket | None = None
        self._stop: weakref.finalize[Any, Any] | None = None

    def run(
        self, file: BinaryIO, operation: str, *, seconds: int, **arguments: Any
    ) -> tuple[Any, list[bytes]]:
        """Run an operation on a file; may be called by several threads at once.

        Args:
            file: A file that was just opened.
            operation: The name of the operation.
            seconds: The processor time that it may take.
            arguments: The arguments of the operation, as JSON.

        Returns:
            What the operation returns: a value of JSON, and files.

        Raises:
            UnusableFile: The operation refuses the file, or exceeds a limit.
        """
        limits = {"seconds": seconds, "memory": self._memory}
        request = {"operation": operation, "limits": limits, "arguments": arguments}
        own, others = socketpair()
        with own, own.makefile("rwb") as stream:
            with others:
                self._send(others.fileno(), file.fileno())
            try:
                stream.write(json.dumps(request).encode() + b"\n")
                stream.flush()
                answer = json.loads(stream.readline())
                files = [_read(stream, size) for size in answer["sizes"]]
            except (OSError, ValueError):
                raise UnusableFile(EXCEEDED) from None
        if answer["problem"]:
            raise UnusableFile(answer["problem"])
        return answer["value"], files

    def _send(self, *descriptors: int) -> None:
        """Have a child forked that has some files."""
        with self._starting:
            try:
                send_fds(self._control or self._start(), [b"."], descriptors)
            except BrokenPipeError:  # the process was killed
                send_fds(self._start(), [b"."], descriptors)

    def _start(self) -> socket:
        if self._stop is not None:
            self._stop()
        self._control, others = socketpair()
        with others:
            process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "houston.core.images.decoder"],
                stdin=others.fileno(),
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                start_new_session=True,
            )
        self._stop = weakref.finalize(self, _stop, self._control, process)
        return self._control


def _read(stream: Any, size: int) -> bytes:
    data: bytes = stream.read(size)
    if len(data) < size:
        raise ValueError("the answer is not complete")
    return data


def _stop(control: socket, process: "subprocess.Popen[bytes]") -> None:
    control.close()
    process.wait()
