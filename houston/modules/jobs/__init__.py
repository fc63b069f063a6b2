"""Jobs: work after the answer, and how far it is."""

from typing import Any


def includeme(config: Any) -> None:
    """Register the module."""
