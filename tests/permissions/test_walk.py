"""Every operation with every role, against the expected matrix."""

from typing import Any

import pytest
from pyramid.router import Router

from houston.core.api.openapi.description import Described, describe
from houston.core.db.session import Session
from houston.core.services import services_of
from houston.core.tree import Branches
from houston.modules.auth.services.scopes import all_scopes
from tests.clients_of_roles import Client, client_of
from tests.factories.users import UserFactory
from tests.permissions.expected import MODULES, ROLES, Cast, keys_of

FLAGS = {
    "researcher": "is_researcher",
    "manager": "is_user_manager",
    "admin": "is_admin",
    "narrow": "is_admin",
    "staff": "is_staff",
    "internal": "is_internal",
}


class Scene:
    """Rows to be called for, and a caller for each role, whose token is fresh."""

    def __init__(self, app: Router, db: Session, module: str) -> None:
        self._app, self._db = app, db
        db.expunge_all()  # what an earlier scene has deleted may have had the same key
        self._cast = Cast(*UserFactory.create_batch(3))
        self._keys = keys_of(self._cast, module)

    def answer(self, described: Described, role: str) -> str:
        """The status if it is a refusal, `ok` for anything else; the input is empty."""
        operation = described.operation
        body = "[]" if operation.patch is not None else "{}"
        type = operation.consumes[0] if operation.consumes else "application/json"
        response = self._caller(described, role).request(
            described.path.format(**self._keys),
            method=operation.method,
            body=b"" if operation.method == "GET" or "form" in type else body.encode(),
            headers={"Content-Type": type},
        )
        return str(response.status_int) if response.status_int in (401, 403) else "ok"

    def _caller(self, described: Described, role: str) -> Client:
        if role == "anonymous":
            return Client(self._app)
        account = getattr(self._cast, role, None)
        if account is None:
            account = UserFactory(**({FLAGS[role]: True} if role in FLAGS else {}))
        scopes = set(all_scopes(services_of(self._app)[Branches]))
        if role == "narrow":
            scopes.discard(described.scope or "")
        return client_of(self._app, self._db, account, " ".join(scopes))


@pytest.fixture
def described(app: Router) -> dict[str, Described]:
    return {each.operation.name: each for each in describe(app.registry)}


def test_matrix_has_every_operation_and_no_other(described: dict[str, Described]) -> None:
    assert set(described) == {name for each in MODULES.values() for name in each.statuses}


@pytest.mark.parametrize(
    ("module", "name"), [(module, name) for module in MODULES for name in MODULES[module].statuses]
)
def test_operation_is_open_to_these_roles_alone(
    app: Router, db: Session, described: dict[str, Any], module: str, name: str
) -> None:
    found = {role: Scene(app, db, module).answer(described[name], role) for role in ROLES}
    expected = MODULES[module].statuses[name].split()
    assert found == dict(zip(ROLES, expected, strict=True))
