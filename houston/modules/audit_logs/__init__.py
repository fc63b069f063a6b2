"""Audit logs: what was done, by whom and from where."""

from typing import Any


def includeme(config: Any) -> None:
    """Register the module."""
