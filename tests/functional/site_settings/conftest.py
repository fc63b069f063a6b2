"""Clients that may change settings, and stand-ins for objects that use ids in them."""

from collections.abc import Callable
from typing import Any

import pytest

from houston.core.db.session import Session
from houston.core.services import Services
from houston.modules.site_settings.registry import SettingsRegistry
from tests.clients_of_roles import Client
from tests.factories.users import UserFactory

DATA = "/api/v1/site-settings/data"

Uses = Callable[[str, dict[str, int]], None]


@pytest.fixture
def staff(client_for: Any) -> Client:
    """Return a client of a developer of the site."""
    return client_for(UserFactory(is_staff=True))  # type: ignore[no-any-return]


@pytest.fixture
def uses(services: Services, monkeypatch: pytest.MonkeyPatch) -> Uses:
    """Return a function that sets the number of objects that use each id of a kind."""

    def use(kind: str, counts: dict[str, int]) -> None:
        def usage(_db: Session, ids: set[str]) -> dict[str, int]:
            return {id: count for id, count in counts.items() if id in ids}

        monkeypatch.setitem(services[SettingsRegistry].usages, kind, [usage])

    return use


def post(client: Client, key: str, value: Any) -> Any:
    """Return a function that sets one key, and returns the response."""
    return client.post_json(f"{DATA}/{key}", {"value": value})


def entry(client: Client, key: str) -> Any:
    """Return the entry of a key in all settings, for a client."""
    return client.get(DATA).json[key]


def accepted(client: Client, key: str, value: Any) -> Any:
    """Set a key, and return its new value."""
    response = post(client, key, value)
    assert response.status_int == 200, response.json
    return response.json["value"]


def faults(client: Client, key: str, value: Any, status: int = 422) -> list[str]:
    """Set a key to an invalid value, and return the messages."""
    response = post(client, key, value)
    assert response.status_int == status, response.json
    texts: list[str] = response.json["messages"][key]
    return texts
