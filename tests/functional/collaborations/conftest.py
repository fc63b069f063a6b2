"""Two users who may collaborate, with functions that read what they see."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.clients_of_roles import Client

COLLABORATIONS = "/api/v1/collaborations"
States = tuple[str, str, str]


@pytest.fixture
def states() -> Callable[..., tuple[States, ...]]:
    """Return a function that reads the states of some members: view, export, edit."""

    def read(document: Any, *clients: Client) -> tuple[States, ...]:
        members = [document["members"][str(each.account.guid)] for each in clients]
        return tuple(
            (each["viewState"], each["exportState"], each["editState"]) for each in members
        )

    return read


@pytest.fixture
def notified() -> Callable[[Client], list[str]]:
    """Return a function that reads the kinds of the notifications of a user in their order."""

    def read(client: Client) -> list[str]:
        shown = client.get("/api/v1/notifications").json
        return [each["message_type"] for each in reversed(shown)]

    return read


@pytest.fixture
def unresolved() -> Callable[[Client], list[str]]:
    """Return a function that reads the kinds of the requests that a user has not answered."""

    def read(client: Client) -> list[str]:
        shown = client.get("/api/v1/notifications").json
        return [each["message_type"] for each in reversed(shown) if not each["is_resolved"]]

    return read
