"""No address of Houston is covered by the web client."""

import pytest
from pyramid.interfaces import IRoutesMapper
from pyramid.router import Router

from houston.modules.client.serving import HOUSTONS


def test_every_route_is_beneath_an_address_of_houston(app: Router) -> None:
    routes = app.registry.getUtility(IRoutesMapper).get_routes(include_static=True)
    patterns = {f"/{route.pattern.lstrip('/')}" for route in routes} - {"/"}
    assert patterns
    assert {pattern for pattern in patterns if not HOUSTONS.match(pattern)} == set()


@pytest.mark.parametrize("address", ["/apis", "/api.html", "/auth/code/api", "/logouts", "/a/api"])
def test_addresses_of_the_client(address: str) -> None:
    assert HOUSTONS.match(address) is None
