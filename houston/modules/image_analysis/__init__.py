"""Image analysis: finding animals in photographs, and recognising individuals."""

from typing import Any


def includeme(config: Any) -> None:
    """Register the module."""
