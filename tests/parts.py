"""Services and settings of an application, replaced during a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pyramid.router import Router

from houston.core.services import services_of
from houston.core.settings import Settings


@contextmanager
def replaced(app: Router, part: object) -> Iterator[None]:
    """Replace the service of the same class."""
    parts = services_of(app)._parts
    before, parts[type(part)] = parts[type(part)], part
    try:
        yield
    finally:
        parts[type(part)] = before


@contextmanager
def setting(app: Router, name: str, value: Any) -> Iterator[None]:
    """Replace the value of a setting that is read at each request."""
    values = services_of(app)[Settings]
    before, values[name] = values[name], value
    try:
        yield
    finally:
        values[name] = before
