"""The program that reads files of strangers, which `houston.core.images.sandbox` starts.

It forks a child for each file. The child has limits of processor time, of time and of memory, and
ends after one operation, so nothing that a file does to it can reach another one.
"""

import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from socket import recv_fds, socket
from typing import Any, BinaryIO

from houston.core.images.inspection import inspect
from houston.core.images.transforms import cropped, jpeg, load, outlined, renditions
from houston.core.images.values import Box, UnusableFile

PATIENCE = 10
"""The time over the processor time that an operation may take, on a busy machine."""
IGNORED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that stop a server are sent to all of its processes, but the files are still needed."""

Answer = tuple[Any, list[bytes]]


def serve(control: socket) -> None:
    """Fork a child for each connection and file that are received, until the server ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    for each in IGNORED:
        signal.signal(each, signal.SIG_IGN)
    while True:
        message, descriptors, _, _ = recv_fds(control, 1, 2)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            _answer_and_exit(*descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _answer_and_exit(connection: int, file: int) -> None:
    try:
        with socket(fileno=connection) as own, own.makefile("rwb") as stream:
            with os.fdopen(file, "rb") as opened:
                answer, files = _answer(opened, json.loads(stream.readline()))
            stream.write(json.dumps(answer).encode() + b"\n")
            stream.writelines(files)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def _answer(file: BinaryIO, request: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    _limit(**request["limits"])
    try:
        value, files = OPERATIONS[request["operation"]](file, **request["arguments"])
    except UnusableFile as error:
        return {"value": None, "sizes": [], "problem": error.message}, []
    return {"value": value, "sizes": list(map(len, files)), "problem": None}, files


def _limit(seconds: int, memory: int) -> None:
    """Limit this process to some processor time, and some bytes beyond those that it has."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    signal.setitimer(signal.ITIMER_REAL, seconds * PATIENCE)
    statistics = Path("/proc/self/statm")
    if statistics.exists():  # Linux; others do not enforce this limit
        used = int(statistics.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + memory, used + memory))


def _inspect(file: BinaryIO, types: list[str], max_pixels: int) -> Answer:
    return asdict(inspect(file, types, max_pixels)), []


def _render(file: BinaryIO, max_pixels: int, formats: Mapping[str, int], rotation: int) -> Answer:
    made, problem = renditions(file, max_pixels, formats, rotation)
    described = [
        {"format": each.format, "width": each.width, "height": each.height} for each in made
    ]
    return {"renditions": described, "problem": problem}, [each.data for each in made]


def _crop(file: BinaryIO, max_pixels: int, **rectangle: float) -> Answer:
    return None, [jpeg(cropped(load(file, max_pixels), **rectangle))]


def _outline(file: BinaryIO, max_pixels: int, boxes: list[list[float]], scale: float) -> Answer:
    given = [Box(*each) for each in boxes]
    return None, [jpeg(outlined(load(file, max_pixels), given, scale))]


OPERATIONS: Mapping[str, Callable[..., Answer]] = {
    "inspect": _inspect,
    "render": _render,
    "crop": _crop,
    "outline": _outline,
}


if __name__ == "__main__":
    serve(socket(fileno=sys.stdin.fileno()))
