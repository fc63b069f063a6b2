"""The answers to questions about permissions are what the operations do."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from pyramid.router import Router
from sqlalchemy import Connection

from houston.core.api.openapi.description import Described, describe
from houston.core.db.session import Session
from tests.clients_of_roles import Client
from tests.factories.sightings import EncounterFactory
from tests.factories.users import UserFactory
from tests.permissions.expected import MODULES
from tests.permissions.walk import Walk

REFUSED = ("401", "403")
FURTHER = {"open_set_up", "delete_relationship", "patch_relationship"}
"""The operations that refuse callers for more than the grants of their address."""


@pytest.fixture
def described(app: Router) -> dict[str, Described]:
    return {each.operation.name: each for each in describe(app.registry)}


@pytest.mark.parametrize("module", sorted(MODULES.keys() - {"permissions"}))
@pytest.mark.parametrize("role", ["anonymous", "owner", "researcher", "admin"])
def test_answers_are_true(
    app: Router,
    db: Session,
    connection: Connection,
    described: dict[str, Described],
    module: str,
    role: str,
) -> None:
    walk = Walk(app, db, connection, role)
    keys, statuses = walk.keys(module), MODULES[module].of_role(role)
    operations = [described[name] for name in statuses]
    questions = [f"{each.operation.method} {keys.fill(each)}" for each in operations]
    answers = ask(walk.caller(operations[0]), *questions).json
    found = {
        each.operation.name: (answer["exists"], answer["allowed"])
        for each, answer in zip(operations, answers, strict=True)
    }
    assert found == {
        name: _expected(name, status, found[name]) for name, status in statuses.items()
    }


def _expected(name: str, status: str, found: tuple[bool, bool]) -> tuple[bool, bool]:
    """The answer that fits the status of an operation."""
    # There is nothing to read, or the caller may not know of it.
    if status == "404" or (name in FURTHER and status in REFUSED):
        return found
    return True, status not in REFUSED


def ask(client: Client, *questions: str, **others: str) -> Any:
    query = [("ask", question) for question in questions] + [*others.items()]
    return client.get(f"/api/v1/may?{urlencode(query)}")


class TestAnswers:
    def test_several_questions(self, user: Client) -> None:
        own = EncounterFactory(owner=user.account).guid
        other = EncounterFactory().guid
        found = ask(
            user,
            f"PATCH /api/v1/encounters/{own}",
            f"PATCH /encounters/{other}/",
            f"export /encounters/{own}",
            f"GET /encounters/{uuid4()}",
            "PUT /encounters",
            "GET /zebras",
        ).json
        assert [(each["allowed"], each["exists"]) for each in found] == [
            (True, True),
            (False, True),
            (True, True),
            *[(False, False)] * 3,
        ]
        assert found[0]["ask"] == f"PATCH /api/v1/encounters/{own}"
        assert [each["by"] for each in found[:3]] == [
            "the owner of the encounter",
            None,
            "the owner of the encounter",
        ]
        assert "edit collaborators of the owner of the encounter" in found[1]["needed"]

    def test_anonymous_callers(self, anonymous: Client) -> None:
        questions = "POST /asset_groups", "GET /users/me", "GET /site-settings/data"
        found = ask(anonymous, *questions).json
        assert [each["allowed"] for each in found] == [True, False, True]
        assert found[2]["by"] == "anyone, signed in or not"

    def test_narrow_tokens(self, client_for: Any) -> None:
        account = UserFactory(is_researcher=True)
        (answer,) = ask(client_for(account, "may:read"), "GET /sightings").json
        assert (answer["allowed"], answer["scope"]) == (False, "sightings:read")

    def test_questions_about_others(self, admin: Client, researcher: Client, user: Client) -> None:
        question = f"read /encounters/{EncounterFactory().guid}"
        for other, allowed in ((researcher, True), (user, False)):
            (answer,) = ask(admin, question, **{"as": str(other.account.guid)}).json
            assert answer["allowed"] is allowed
            assert answer == ask(other, question).json[0]

    def test_only_managers_ask_about_others(self, user: Client, researcher: Client) -> None:
        response = ask(user, "GET /sightings", **{"as": str(researcher.account.guid)})
        assert (response.status_int, list(response.json["messages"])) == (403, ["as"])

    def test_accounts_that_cannot_sign_in(self, admin: Client) -> None:
        for guid in (uuid4(), UserFactory(is_active=False).guid):
            response = ask(admin, "GET /sightings", **{"as": str(guid)})
            assert (response.status_int, list(response.json["messages"])) == (422, ["as"])

    @pytest.mark.parametrize(
        "question", ["", "GET", "GET users", "zebra /users", "get /users", " /users", "GET  /users"]
    )
    def test_malformed_questions(self, user: Client, question: str) -> None:
        response = ask(user, "GET /users", question)
        assert (response.status_int, list(response.json["messages"])) == (422, ["ask.1"])

    def test_too_many_questions(self, user: Client) -> None:
        assert ask(user, *["GET /users"] * 51).status_int == 422
        assert len(ask(user, *["GET /users"] * 50).json) == 50

    @pytest.mark.parametrize(
        "path", ["/%00", "/users/%ff", "/..", "//", "/users/../teams", "/" + "a/" * 200, "/{user}"]
    )
    def test_odd_paths(self, user: Client, path: str) -> None:
        for verb in ("GET", "read"):
            (answer,) = ask(user, f"{verb} {path}").json
            assert (answer["allowed"], answer["exists"]) == (False, False)
