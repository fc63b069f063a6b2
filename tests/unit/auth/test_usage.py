"""Uses of credentials are written in batches, with a delay."""

import pytest
from pyramid.router import Router
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.services import Services, services_of
from houston.modules.auth import usage
from houston.modules.auth.models import Token
from houston.modules.auth.usage import Usage
from tests.clients_of_roles import Client


class Clock:
    """A timer that the test triggers."""

    waiting: "list[Clock]" = []
    daemon = False

    def __init__(self, _seconds: float, action: object) -> None:
        self.action = action

    def start(self) -> None:
        self.waiting.append(self)


def test_uses_are_written_after_the_delay(
    app: Router, user: Client, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage, "Timer", Clock)
    (token,) = db.scalars(select(Token))
    uses = Usage(services_of(app), 60)
    for _ in range(3):
        uses.record(Token, token.guid, utc_now())
    (clock,) = Clock.waiting
    assert clock.daemon
    clock.action()  # type: ignore[operator]
    db.refresh(token)
    assert token.last_used is not None
    Clock.waiting.clear()


def test_failure_is_logged_and_retried_with_the_next_use(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(usage, "Timer", Clock)
    uses = Usage(Services(), 60)
    for _ in range(2):
        uses.record(Token, Token().guid, utc_now())
        Clock.waiting.pop().action()  # type: ignore[operator]
    assert caplog.text.count("could not be written") == 2
