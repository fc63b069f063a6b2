"""Site settings: what administrators set for the whole site, in one declared table of keys."""

from typing import Any


def includeme(config: Any) -> None:
    """Register the module."""
