"""The time of every operation grows no faster than its body, whatever the body has."""

import gc
from collections.abc import Callable, Iterator
from time import process_time

import pytest
from pyramid.router import Router
from webtest import TestApp

from houston.core.api.openapi.description import Described, describe
from tests.clients_of_roles import Client
from tests.contract.bodies import bodies
from tests.contract.test_schemathesis import keys_of_rows
from tests.factories.users import UserFactory
from tests.permissions.expected import MODULES

LARGEST = 2**17
QUICK_SECONDS = 0.25
"""The time of a body that needs no comparison: noise would be a large part of it."""
FASTER_THAN_LINEAR = 8
"""Between 4, the ratio of linear growth, and 16, that of quadratic growth."""
TRIES = 3


class Caller:
    """A caller of one operation, by whom the time of bodies is measured."""

    def __init__(self, app: Router, described: Described, environ: dict[str, str]) -> None:
        self._operation = described.operation
        self._path = described.path.format(**keys_of_rows(described))
        self._client = TestApp(app, extra_environ=environ)

    def slow(self) -> Iterator[str]:
        """Return the bodies of the largest size whose time grows faster than they do."""
        for kind, type, body in bodies(self._operation, LARGEST):
            if (seconds := self._seconds(type, body)) < QUICK_SECONDS:
                continue
            quarter = {each: part for each, _, part in bodies(self._operation, LARGEST // 4)}
            whole = min([seconds, *(self._seconds(type, body) for _ in range(TRIES))])
            part = min(self._seconds(type, quarter[kind]) for _ in range(TRIES))
            if whole > QUICK_SECONDS and whole > FASTER_THAN_LINEAR * part:
                yield f"{self._operation.name}: {kind} takes {whole:.1f} s, a quarter {part:.2f} s"

    def _seconds(self, type: str, body: bytes) -> float:
        start = process_time()
        response = self._client.request(
            self._path,
            method=self._operation.method,
            body=body,
            headers={"Content-Type": type},
            status="*",
        )
        assert response.status_int < 500, f"{self._operation.name}: {response.status}"
        assert len(response.body) < 200_000, f"{self._operation.name}: a long answer"
        return process_time() - start


@pytest.fixture
def _without_old_objects() -> Iterator[None]:
    """Let the garbage collection visit the objects of the requests alone."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("_without_old_objects")
@pytest.mark.parametrize("module", MODULES)
def test_time_grows_no_faster_than_the_body(
    app: Router, client_for: Callable[..., Client], module: str
) -> None:
    slow = []
    for described in describe(app.registry):
        operation = described.operation
        if operation.consumes and operation.name in MODULES[module].statuses:
            # An operation may sign out the caller, or delete the account.
            admin = client_for(UserFactory(is_admin=True, is_researcher=True))
            slow += Caller(app, described, admin.extra_environ).slow()
    assert slow == []
