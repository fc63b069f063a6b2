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

    return lambda client: [each["message_type"] for each in notifications_of(client)]


@pytest.fixture
def unresolved() -> Callable[[Client], list[str]]:
    """Return a function that reads the kinds of the requests that a user has not answered."""

    return lambda client: [
        each["message_type"] for each in notifications_of(client) if not each["is_resolved"]
    ]


def notifications_of(client: Client) -> list[Any]:
    """Return the notifications of a user, the first one first."""
    return client.get("/api/v1/notifications").json[::-1]  # type: ignore[no-any-return]
