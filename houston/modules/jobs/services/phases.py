"""A phase of a pipeline, as the web client draws it: made of a progress, or told without one."""

from dataclasses import dataclass
from datetime import datetime

from houston.modules.jobs.models import Progress


@dataclass(frozen=True)
class Phase:
    """Where a phase of a pipeline stands; one that is nothing of the four is waiting.

    `progress` is a share from 0 to 1, `eta` is in seconds. `status` is the word of the progress.
    """

    skipped: bool = False
    in_progress: bool = False
    failed: bool = False
    complete: bool = False
    message: str | None = None
    steps: int = 0
    steps_complete: int = 0
    progress: float = 0.0
    start: datetime | None = None
    end: datetime | None = None
    eta: float | None = None
    ahead: int | None = None
    status: str | None = None
    description: str | None = None


def phase_of(
    progress: Progress | None, *, missing: str = "missing Progress", complete: bool = False
) -> Phase:
    """The phase that a progress with its steps shows.

    Without one, `missing` is the message, and `complete` says whether that means that all is done.
    """
    if progress is None:
        return Phase(complete=complete, progress=float(complete), message=missing)
    return Phase(
        skipped=progress.skipped,
        in_progress=progress.active,
        failed=progress.failed,
        complete=progress.complete,
        message=progress.message,
        steps=len(progress.steps),
        steps_complete=sum(step.complete for step in progress.steps),
        progress=progress.percentage / 100,
        start=progress.created,
        end=progress.updated if progress.complete else None,
        eta=progress.eta,
        ahead=progress.ahead,
        status=progress.status,
        description=progress.description,
    )
