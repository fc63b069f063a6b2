"""The times at which credentials were last used, written once a minute.

A request that only reads does not write, so uses are collected in memory. A crash loses those of a
minute. The expiry of a browser session moves with its last use.
"""

import logging
from datetime import datetime, timedelta
from threading import Timer
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, update

from houston.core.db.session import Database, Session
from houston.core.services import Services
from houston.modules.auth.models import BrowserSession, Token

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 60.0


def _statement(model: Any, **values: Any) -> Any:
    row = update(model.__table__).where(model.guid == bindparam("row"))
    return row.values(last_used=bindparam("now"), **values)


STATEMENTS = {
    Token: _statement(Token),
    BrowserSession: _statement(BrowserSession, expires=bindparam("until")),
}


class Usage:
    """The uses of tokens and browser sessions in one process that are not written yet.

    Attributes:
        automatic: Whether a timer writes them.
    """

    def __init__(self, services: Services, session_lifetime: int) -> None:
        self.automatic = True
        self._services = services
        self._lifetime = timedelta(seconds=session_lifetime)
        self._uses: dict[type, dict[UUID, datetime]] = {model: {} for model in STATEMENTS}
        self._is_scheduled = False

    def record(self, model: type, guid: UUID, now: datetime) -> None:
        """Record the use of a token or a browser session."""
        self._uses[model][guid] = now
        # Two threads may both start a timer, of which the second finds little to write.
        if self.automatic and not self._is_scheduled:
            self._is_scheduled = True
            timer = Timer(INTERVAL_SECONDS, self._write_all)
            timer.daemon = True
            timer.start()

    def write(self, db: Session) -> None:
        """Write the recorded uses."""
        for model, statement in STATEMENTS.items():
            uses, self._uses[model] = self._uses[model], {}
            # Sorted, so that two processes lock the rows in the same order.
            rows = [
                {"row": guid, "now": now, "until": now + self._lifetime}
                for guid, now in sorted(uses.items())
            ]
            if rows:
                db.connection().execute(statement, rows)

    def _write_all(self) -> None:
        self._is_scheduled = False
        try:
            with self._services[Database].transaction() as db:
                self.write(db)
        except Exception:
            log.exception("the last uses of credentials could not be written")
