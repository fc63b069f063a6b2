"""Keywords: the words that annotations and assets are tagged with."""

from typing import Any


def includeme(config: Any) -> None:
    """Register the module."""
