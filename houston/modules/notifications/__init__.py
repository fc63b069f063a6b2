"""Notifications: what people should know of, and by which way they want to."""

from typing import Any


def includeme(config: Any) -> None:
    """Register the module."""
