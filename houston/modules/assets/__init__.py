"""Assets: the photographs and other files of submissions."""

from typing import Any


def includeme(config: Any) -> None:
    """Register the module."""
