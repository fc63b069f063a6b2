"""Calls of the operations of a module by an account of a role, with rows for their addresses."""

from collections.abc import Iterator
from typing import Any

from pyramid.router import Router
from sqlalchemy import Connection

from houston.core.api.openapi.description import Described
from houston.core.db.session import Session
from houston.core.services import services_of
from houston.core.tree import Branches
from houston.modules.auth.services import all_scopes
from tests.clients_of_roles import Client, client_of
from tests.factories.users import UserFactory
from tests.permissions.expected import MODULES, Cast, Keys

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

    def keys(self, module: str) -> Keys:
        """Return the keys of rows for the operations of a module."""
        return Keys(self._cast, module)

    def statuses(self, module: str, described: dict[str, Described]) -> Iterator[str]:
        """Return the status of each operation with empty input; all changes are rolled back."""
        keys = self.keys(module)
        for name in MODULES[module].statuses:
            path, caller = keys.fill(described[name]), self.caller(described[name])
            self._db.commit()  # otherwise its savepoint would end within this one
            with self._connection.begin_nested() as savepoint:
                yield _status(caller, described[name], path)
                savepoint.rollback()
            self._db.expire_all()

    def caller(self, described: Described) -> Client:
        """Return the client for an operation."""
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
