"""The operations of the application."""

import pytest
from pyramid.router import Router

from houston.core.api.openapi.description import Described, describe


@pytest.fixture
def described(app: Router) -> dict[str, Described]:
    """Return the operations by name."""
    return {each.operation.name: each for each in describe(app.registry)}
