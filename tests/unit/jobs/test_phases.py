"""Phases of progress, and of missing progress."""

from datetime import datetime, timezone
from typing import Any

import pytest

from houston.core.api.serializer import compile
from houston.modules.jobs.models import Progress, ProgressStatus
from houston.modules.jobs.schemas import PhaseSchema
from houston.modules.jobs.services import Phase, phase_of

CREATED = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
UPDATED = datetime(2026, 6, 1, 13, tzinfo=timezone.utc)


def progress(status: ProgressStatus, percentage: int = 0, **values: Any) -> Progress:
    return Progress(
        description="Detection",
        status=status,
        percentage=percentage,
        created=CREATED,
        updated=UPDATED,
        **values,
    )


@pytest.mark.parametrize(
    ("status", "flag"),
    [
        (ProgressStatus.CREATED, "in_progress"),
        (ProgressStatus.HEALTHY, "in_progress"),
        (ProgressStatus.COMPLETED, "complete"),
        (ProgressStatus.SKIPPED, "skipped"),
        (ProgressStatus.FAILED, "failed"),
        (ProgressStatus.CANCELLED, None),
    ],
)
def test_phase_has_one_flag_or_is_pending(status: ProgressStatus, flag: str | None) -> None:
    phase = phase_of(progress(status))
    flags = ("in_progress", "complete", "skipped", "failed")
    assert [name for name in flags if getattr(phase, name)] == ([flag] if flag else [])
    assert phase.status == status
    assert phase.end == (UPDATED if flag == "complete" else None)


def test_document() -> None:
    steps = [progress(ProgressStatus.COMPLETED, 100), progress(ProgressStatus.SKIPPED)]
    row = progress(ProgressStatus.HEALTHY, 50, steps=steps, eta=7.5, message="So far.")
    assert compile(PhaseSchema()).one(phase_of(row)) == {
        "skipped": False,
        "inProgress": True,
        "failed": False,
        "complete": False,
        "message": "So far.",
        "steps": 2,
        "stepsComplete": 1,
        "progress": 0.5,
        "start": CREATED,
        "end": None,
        "eta": 7.5,
        "ahead": None,
        "status": "healthy",
        "description": "Detection",
    }


def test_missing_progress() -> None:
    assert phase_of(None) == Phase(message="missing Progress")
    assert phase_of(None, missing="no Progress", complete=True) == Phase(
        message="no Progress", complete=True, progress=1.0
    )
