"""Clients ask whether they may do something, and managers ask for others."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from tests.clients_of_roles import Client
from tests.factories.sightings import EncounterFactory
from tests.factories.users import UserFactory


def ask(client: Client, *questions: str, **others: str) -> Any:
    query = [("ask", question) for question in questions] + [*others.items()]
    return client.get(f"/api/v1/may?{urlencode(query)}")


def test_several_questions(user: Client) -> None:
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


def test_anonymous_callers(anonymous: Client) -> None:
    questions = "POST /asset_groups", "GET /users/me", "GET /site-settings/data"
    found = ask(anonymous, *questions).json
    assert [each["allowed"] for each in found] == [True, False, True]
    assert found[2]["by"] == "anyone, signed in or not"


def test_narrow_tokens(client_for: Any) -> None:
    account = UserFactory(is_researcher=True)
    (answer,) = ask(client_for(account, "may:read"), "GET /sightings").json
    assert (answer["allowed"], answer["scope"]) == (False, "sightings:read")


def test_questions_about_others(admin: Client, researcher: Client, user: Client) -> None:
    question = f"read /encounters/{EncounterFactory().guid}"
    for other, allowed in ((researcher, True), (user, False)):
        (answer,) = ask(admin, question, **{"as": str(other.account.guid)}).json
        assert answer["allowed"] is allowed
        assert answer == ask(other, question).json[0]


def test_only_managers_ask_about_others(user: Client, researcher: Client) -> None:
    response = ask(user, "GET /sightings", **{"as": str(researcher.account.guid)})
    assert (response.status_int, list(response.json["messages"])) == (403, ["as"])


def test_accounts_that_cannot_sign_in(admin: Client) -> None:
    for guid in (uuid4(), UserFactory(is_active=False).guid):
        response = ask(admin, "GET /sightings", **{"as": str(guid)})
        assert (response.status_int, list(response.json["messages"])) == (422, ["as"])


@pytest.mark.parametrize(
    "question", ["", "GET", "GET users", "zebra /users", "get /users", " /users", "GET  /users"]
)
def test_malformed_questions(user: Client, question: str) -> None:
    response = ask(user, "GET /users", question)
    assert (response.status_int, list(response.json["messages"])) == (422, ["ask.1"])


def test_too_many_questions(user: Client) -> None:
    assert ask(user, *["GET /users"] * 51).status_int == 422
    assert len(ask(user, *["GET /users"] * 50).json) == 50


@pytest.mark.parametrize(
    "path", ["/%00", "/users/%ff", "/..", "//", "/users/../teams", "/" + "a/" * 200, "/{user}"]
)
def test_odd_paths(user: Client, path: str) -> None:
    for verb in ("GET", "read"):
        (answer,) = ask(user, f"{verb} {path}").json
        assert (answer["allowed"], answer["exists"]) == (False, False)
