"""When credentials were last used, written now and then rather than in every request.

A request that only reads must not write, so uses are kept in memory and written together a minute
later. What a crash loses is a minute of this knowledge and nothing else. A session that is used
lives on: its end moves along.
"""

import logging
from datetime import datetime, timedelta
from threading import Lock, Timer
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, update

from houston.core.db.session import Database, Session
from houston.core.services import Services
from houston.modules.auth.models import BrowserSession, Token

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 60.0


class Usage:
    """The uses of one process that have not been written yet."""

    def __init__(self, services: Services, session_lifetime: int) -> None:
        self.automatic = True
        self._services = services
        self._lifetime = timedelta(seconds=session_lifetime)
        self._seen: dict[tuple[type, UUID], datetime] = {}
        self._lock = Lock()
        self._timer: Timer | None = None

    def record(self, model: type, guid: UUID, now: datetime) -> None:
        """Remember that this token or session was used."""
        self._seen[model, guid] = now
        if self._timer is None and self.automatic:
            self._wait()

    def write(self, db: Session) -> None:
        """Write what has been recorded."""
        seen, self._seen = self._seen, {}
        for model in (Token, BrowserSession):
            rows = [
                {"row": guid, "now": now, "until": now + self._lifetime}
                for (used, guid), now in list(seen.items())
                if used is model
            ]
            if rows:
                db.connection().execute(self._statement(model), rows)

    def _statement(self, model: Any) -> Any:
        table = model.__table__
        values: dict[str, Any] = {"last_used": bindparam("now")}
        if model is BrowserSession:
            values["expires"] = bindparam("until")
        return update(table).where(table.c.guid == bindparam("row")).values(values)

    def _wait(self) -> None:
        with self._lock:
            if self._timer is None:
                self._timer = Timer(INTERVAL_SECONDS, self._write_at_last)
                self._timer.daemon = True
                self._timer.start()

    def _write_at_last(self) -> None:
        self._timer = None
        try:
            with self._services[Database].transaction() as db:
                self.write(db)
        except Exception:
            log.exception("the last uses of credentials could not be written")
