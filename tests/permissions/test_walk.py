"""Every operation with every role, against the expected matrix."""

from typing import Any

import pytest
from pyramid.router import Router

from houston.core.db.session import Session
from houston.core.rest.openapi.description import Described, describe
from houston.core.tree import BRANCHES_KEY
from houston.modules.auth.services.scopes import all_scopes
from tests.clients_of_roles import Client, client_of
from tests.factories.auth import ClientFactory, TokenFactory
from tests.factories.teams import TeamFactory
from tests.factories.users import UserFactory
from tests.permissions.expected import EXPECTED, ROLES


class Scene:
    """Rows to be called for, and a caller for each role, whose token is fresh."""

    def __init__(self, app: Router, db: Session) -> None:
        self._app, self._db = app, db
        db.expunge_all()  # what an earlier scene has deleted may have had the same key
        self._owner, self._member, self._leader = UserFactory.create_batch(3)
        team = TeamFactory(leader=self._leader, member=self._member)
        self._keys = {
            "user": self._owner.guid,
            "client": ClientFactory(user=self._owner).guid,
            "token": TokenFactory(user_id=self._owner.id).guid,
            "team": team.guid,
            "code": "0" * 64,
        }

    def answer(self, described: Described, role: str) -> str:
        """The status if it is a refusal, `ok` for anything else; the input is empty."""
        operation = described.operation
        body = "[]" if operation.patch is not None else "{}"
        type = operation.consumes[0] if operation.consumes else "application/json"
        response = self._caller(described, role).request(
            self._path(described),
            method=operation.method,
            body=b"" if operation.method == "GET" or "form" in type else body.encode(),
            headers={"Content-Type": type},
        )
        return str(response.status_int) if response.status_int in (401, 403) else "ok"

    def _path(self, described: Described) -> str:
        within_team = described.path.startswith("/api/v1/teams")
        user = self._member.guid if within_team else self._owner.guid
        return described.path.format(**{**self._keys, "user": user})

    def _caller(self, described: Described, role: str) -> Client:
        if role == "anonymous":
            return Client(self._app)
        account = {
            "owner": self._owner,
            "member": self._member,
            "leader": self._leader,
        }.get(role) or UserFactory(is_admin=role in ("admin", "narrow"))
        scopes = set(all_scopes(self._app.registry[BRANCHES_KEY]))
        if role == "narrow":
            scopes.discard(described.scope or "")
        return client_of(self._app, self._db, account, " ".join(scopes))


@pytest.fixture
def described(app: Router) -> dict[str, Described]:
    return {each.operation.name: each for each in describe(app.registry)}


def test_matrix_has_every_operation_and_no_other(described: dict[str, Described]) -> None:
    assert set(described) == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_operation_is_open_to_these_roles_alone(
    app: Router, db: Session, described: dict[str, Any], name: str
) -> None:
    found = {role: Scene(app, db).answer(described[name], role) for role in ROLES}
    assert found == dict(zip(ROLES, EXPECTED[name].split(), strict=True))
