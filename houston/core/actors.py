"""Actors: who makes a change and from where."""

from dataclasses import dataclass
from time import perf_counter
from typing import Any
from uuid import UUID

ANONYMOUS = "anonymous user"
SYSTEM = "system"


@dataclass
class Actor:
    """A caller, a background job, or the program itself.

    Attributes:
        email: The address of the caller's account, `anonymous user`, or `system`.
        guid: The guid of the caller's account.
        address: The network address of the caller; None where no request is involved.
        request_id: The id of the request in the access log.
        job_guid: The guid of the background job.
        started: When the request came in, on the clock of `perf_counter` in seconds.
        identity: The `Identity` of the caller, by which the rights to related rows are told.
    """

    email: str = SYSTEM
    guid: UUID | None = None
    address: str | None = None
    request_id: str | None = None
    job_guid: UUID | None = None
    started: float | None = None
    identity: Any = None

    @property
    def is_system(self) -> bool:
        """Return whether no request is involved."""
        return self.address is None

    @property
    def duration(self) -> float | None:
        """The seconds since the request came in; None where no request is involved."""
        return None if self.started is None else round(perf_counter() - self.started, 6)
