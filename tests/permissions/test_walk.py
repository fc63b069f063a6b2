"""Every operation with every role, against the expected matrix."""

from collections.abc import Iterator
from typing import Any

import pytest
from pyramid.router import Router
from sqlalchemy import Connection

from houston.core.api.openapi.description import Described, describe
from houston.core.db.session import Session
from houston.core.services import services_of
from houston.core.tree import Branches
from houston.modules.auth.services import all_scopes
from tests.clients_of_roles import Client, client_of
from tests.factories.users import UserFactory
from tests.permissions.expected import MODULES, ROLES, Cast, Keys

FLAGS = {
    "researcher": "is_researcher",
    "manager": "is_user_manager",
    "admin": "is_admin",
    "narrow": "is_admin",
    "staff": "is_staff",
    "internal": "is_internal",
}


class Walk:
    """A client of one role, and the rows for the operations of one module."""

    def __init__(self, app: Router, db: Session, connection: Connection, role: str) -> None:
        self._app, self._db, self._connection, self._role = app, db, connection, role
        self._cast = Cast(*UserFactory.create_batch(3))
        self._account = getattr(self._cast, role, None) or self._account_of_role()
        self._scopes = set(all_scopes(services_of(app)[Branches]))
        self._client = self._client_with(self._scopes)

    def statuses(self, module: str, described: dict[str, Described]) -> Iterator[str]:
        """Return the status of each operation with empty input; all changes are rolled back."""
        keys = Keys(self._cast, module)
        for name in MODULES[module].statuses:
            path, caller = keys.fill(described[name]), self._caller(described[name])
            self._db.commit()  # otherwise its savepoint would end within this one
            with self._connection.begin_nested() as savepoint:
                yield _status(caller, described[name], path)
                savepoint.rollback()
            self._db.expire_all()

    def _caller(self, described: Described) -> Client:
        if self._role != "narrow":
            return self._client
        return self._client_with(self._scopes - {described.scope or ""})

    def _client_with(self, scopes: set[str]) -> Client:
        if self._role == "anonymous":
            return Client(self._app)
        return client_of(self._app, self._db, self._account, " ".join(scopes))

    def _account_of_role(self) -> Any:
        return UserFactory(**({FLAGS[self._role]: True} if self._role in FLAGS else {}))


def _status(caller: Client, described: Described, path: str) -> str:
    operation = described.operation
    type = operation.consumes[0] if operation.consumes else "application/json"
    body = b"[]" if operation.patch is not None else b"{}"
    response = caller.request(
        path,
        method=operation.method,
        body=b"" if operation.method == "GET" or "form" in type else body,
        headers={"Content-Type": type},
    )
    return str(response.status_int)


@pytest.fixture
def described(app: Router) -> dict[str, Described]:
    return {each.operation.name: each for each in describe(app.registry)}


def test_matrix_has_every_operation_and_no_other(described: dict[str, Described]) -> None:
    assert set(described) == {name for each in MODULES.values() for name in each.statuses}


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("role", ROLES)
def test_role_has_the_expected_statuses(
    app: Router,
    db: Session,
    connection: Connection,
    described: dict[str, Described],
    module: str,
    role: str,
) -> None:
    expected = MODULES[module].of_role(role)
    found = Walk(app, db, connection, role).statuses(module, described)
    assert dict(zip(expected, found, strict=True)) == expected
