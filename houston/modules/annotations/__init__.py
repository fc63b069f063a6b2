"""Annotations: where in a photograph an animal is."""

from typing import Any


def includeme(config: Any) -> None:
    """Register the module."""
