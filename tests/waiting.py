"""Waiting for what happens elsewhere: in another thread, or in another process."""

import time
from collections.abc import Callable
from typing import Any


def wait_until(
    condition: Callable[[], Any], seconds: float = 5, complaint: str = "it did not happen"
) -> None:
    """Ask again and again until the condition holds; AssertionError when the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{complaint} within {seconds} s"
        time.sleep(0.02)
