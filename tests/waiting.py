"""Waiting for events in other threads or processes."""

import time
from collections.abc import Callable
from typing import Any


def wait_until(
    condition: Callable[[], Any], seconds: float = 5, message: str = "it did not happen"
) -> None:
    """Repeat until the condition is true; raise AssertionError after the time limit."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{message} within {seconds} s"
        time.sleep(0.02)
