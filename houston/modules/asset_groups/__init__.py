"""Asset groups: submissions of photographs with the sightings that they report."""

from typing import Any


def includeme(config: Any) -> None:
    """Register the module."""
