"""File uploads: small files that everybody may see, such as pictures of profiles."""

from typing import Any


def includeme(config: Any) -> None:
    """Register the module."""
