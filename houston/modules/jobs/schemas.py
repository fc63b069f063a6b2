"""The schemas of progress, of phases of pipelines, and of jobs."""

from houston.core.jobs import JobState
from houston.core.schema.nodes import (
    Boolean,
    Choice,
    Guid,
    Instant,
    Integer,
    Json,
    ListOf,
    Number,
    Schema,
    Text,
)
from houston.modules.jobs.models import ACTIVE, ProgressStatus
from houston.modules.jobs.services import load_progress


def status_is(*statuses: ProgressStatus) -> Boolean:
    """Return the node of whether a progress has one of some statuses."""
    names = " or ".join(f"`{status}`" for status in sorted(statuses))
    return Boolean(
        compute=lambda progress: progress.status in statuses,
        description=f"Whether the status is {names}.",
    )


class ProgressStepSchema(Schema):
    """The progress of a step of some work."""

    guid = Guid()
    description = Text(max=256)
    percentage = Integer(0, 100)
    status = Choice(ProgressStatus)
    message = Text(nullable=True, description="The reason why it was skipped, cancelled or failed.")
    skipped = status_is(ProgressStatus.SKIPPED)
    cancelled = status_is(ProgressStatus.CANCELLED)
    failed = status_is(ProgressStatus.FAILED)
    complete = status_is(ProgressStatus.COMPLETED)
    active = status_is(*ACTIVE)
    idle = status_is(ProgressStatus.CREATED)
    inactive = status_is(*(status for status in ProgressStatus if status not in ACTIVE))
    ahead = Integer(
        0, nullable=True, description="The number of jobs due before its own; null without one."
    )
    celery_guid = Guid(
        nullable=True, source="job_guid", description="The background job that does the work."
    )
    sage_guid = Guid(
        nullable=True,
        source="analysis_guid",
        description="The job of the image analysis that does the work.",
    )
    eta = Number(0, nullable=True, description="The estimated time left, in seconds.")
    created = Instant()
    updated = Instant()


class ProgressSchema(ProgressStepSchema):
    """The progress of some work, with its steps."""

    loader = staticmethod(load_progress)
    parent_guid = Guid(nullable=True, description="The work of which this is a step.")
    steps = ListOf(ProgressStepSchema(), max_items=10_000)


class PhaseSchema(Schema):
    """The state of a phase of a pipeline; it waits if none of the first four is true.

    A preparation that is complete and failed has damaged files, which the message names.
    """

    skipped = Boolean()
    in_progress = Boolean(name="inProgress", source="in_progress")
    failed = Boolean()
    complete = Boolean()
    message = Text(nullable=True)
    steps = Integer(0, description="The number of steps.")
    steps_complete = Integer(0, name="stepsComplete", source="steps_complete")
    progress = Number(0, 1, description="The share of the work that is done.")
    start = Instant(nullable=True)
    end = Instant(nullable=True)
    eta = Number(0, nullable=True, description="The estimated time left, in seconds.")
    ahead = Integer(0, nullable=True, description="The number of jobs that are due before.")
    status = Choice(ProgressStatus, nullable=True)
    description = Text(max=256, nullable=True)


class AnalysisJobSchema(Schema):
    """A request to the image analysis."""

    object_guid = Guid(description="The object of the request.")
    job_id = Guid(description="The guid of the job, here and in the image analysis.")
    type = Text(description="The class of the object.")
    start = Instant()
    active = Boolean(description="Whether there is no response yet.")


class DebuggedAnalysisJobSchema(AnalysisJobSchema):
    """A request to the image analysis with its details."""

    model = Text(nullable=True)
    asset_guids = ListOf(Guid(), nullable=True)
    end = Instant(nullable=True)
    result = Json(nullable=True)
    request = Json(nullable=True, description="The body that was, or would be, sent.")
    response = Json(nullable=True, description="The response.")


class BackgroundJobSchema(Schema):
    """A background job, without its arguments."""

    guid = Guid()
    name = Text(max=100)
    state = Choice(JobState)
    attempts = Integer(0, description="The number of attempts so far.")
    max_attempts = Integer(0, description="The number of attempts after which it fails.")
    progress = Integer(0, 100, description="The progress that the job reports, in percent.")
    error = Text(nullable=True, description="The error of the last attempt.")
    owner_guid = Guid(nullable=True, description="The user who started it.")
    run_after = Instant(description="The time at which it is due.")
    created = Instant()
    updated = Instant()
    started = Instant(nullable=True, description="The start of the last attempt.")
    finished = Instant(nullable=True, description="The end of the job.")
