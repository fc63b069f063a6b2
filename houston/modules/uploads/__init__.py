"""Uploads: files that are sent in pieces and can be resumed, by the protocol tus 1.0.0."""

from typing import Any


def includeme(config: Any) -> None:
    """Register the module."""
