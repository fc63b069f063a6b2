"""The API: services, schemas, JSON Patch, paging, and the documents made of them."""

from typing import Any


def includeme(config: Any) -> None:
    """Register the services' framework and the pages that describe the API."""
    config.include("houston.core.api.service")
    config.include("houston.core.api.openapi")
    config.include("houston.core.api.docs")
