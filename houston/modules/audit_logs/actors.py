"""Who is behind what a session does, as far as is known without asking the database."""

from time import perf_counter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

ANONYMOUS = "anonymous user"
SYSTEM = "system"


class Actor(NamedTuple):
    """Somebody, or something, and where he is; `duration` is how long it took so far in seconds."""

    email: str
    guid: UUID | None = None
    address: str | None = None
    request_id: str | None = None
    job_guid: UUID | None = None
    duration: float | None = None

    @property
    def is_system(self) -> bool:
        """Whether no request is behind it."""
        return self.address is None


def actor_of(db: Session) -> Actor:
    """The caller of the session's request, the session's job, or neither: a script."""
    request = db.info.get("request")
    if request is not None:
        return caller_of(request)
    claim = db.info.get("claim")
    return Actor(SYSTEM, job_guid=claim and claim.guid)


def caller_of(request: Any) -> Actor:
    """The caller of a request; one whom no permission has asked for yet counts as anonymous."""
    environ = request.environ
    known = request.identity.account if "houston.user" in environ else None
    started = environ.get("houston.started")
    return Actor(
        email=known.email if known else ANONYMOUS,
        guid=known.guid if known else None,
        address=request.address[:100],
        request_id=environ.get("houston.request_id"),
        duration=None if started is None else round(perf_counter() - started, 6),
    )
