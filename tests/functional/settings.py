"""Settings that one test changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pyramid.router import Router


@contextmanager
def setting(app: Router, name: str, value: Any) -> Iterator[None]:
    """Let a setting that is read at each request have another value for a while."""
    values = app.registry["houston.settings"]._values
    before, values[name] = values[name], value
    try:
        yield
    finally:
        values[name] = before
