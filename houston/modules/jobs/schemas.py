"""What goes out of progress, of the phases made of it, and of jobs."""

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
from houston.modules.jobs.models import ProgressStatus
from houston.modules.jobs.services.reading import load_progress


class ProgressStepSchema(Schema):
    """How far a step of some work is."""

    guid = Guid()
    description = Text(max=256)
    percentage = Integer(0, 100)
    status = Choice(ProgressStatus)
    message = Text(nullable=True, description="Why it was skipped, cancelled or failed.")
    skipped = Boolean(description="Whether there was nothing to do.")
    cancelled = Boolean(description="Whether it was called off.")
    failed = Boolean(description="Whether it ended without success.")
    complete = Boolean(description="Whether all is done.")
    active = Boolean(description="Whether there is something to come.")
    idle = Boolean(description="Whether nothing has been done yet.")
    inactive = Boolean(description="Whether nothing is to come.")
    ahead = Integer(0, nullable=True, description="Jobs due before its own, null if it has none.")
    celery_guid = Guid(
        nullable=True, source="job_guid", description="The background job that does it."
    )
    sage_guid = Guid(
        nullable=True, source="analysis_guid", description="The job of the image analysis."
    )
    eta = Number(0, nullable=True, description="Seconds left, as far as can be told.")
    created = Instant()
    updated = Instant()


class ProgressSchema(ProgressStepSchema):
    """How far some work is, with its steps."""

    loader = staticmethod(load_progress)
    parent_guid = Guid(nullable=True, description="The work of which this is a step.")
    steps = ListOf(ProgressStepSchema(), max_items=10_000)


class PhaseSchema(Schema):
    """Where a phase of a pipeline stands: none of the first four means that it waits."""

    skipped = Boolean()
    in_progress = Boolean(name="inProgress", source="in_progress")
    failed = Boolean()
    complete = Boolean()
    message = Text(nullable=True)
    steps = Integer(0, description="The number of steps.")
    steps_complete = Integer(0, name="stepsComplete", source="steps_complete")
    progress = Number(0, 1, description="The share that is done.")
    start = Instant(nullable=True)
    end = Instant(nullable=True)
    eta = Number(0, nullable=True, description="Seconds left, as far as can be told.")
    ahead = Integer(0, nullable=True, description="Jobs that are due before.")
    status = Choice(ProgressStatus, nullable=True)
    description = Text(max=256, nullable=True)


class AnalysisJobSchema(Schema):
    """A request to the image analysis."""

    object_guid = Guid(description="What it was made for.")
    job_id = Guid(description="Its name there, too.")
    type = Text(description="What kind of object it was made for.")
    start = Instant()
    active = Boolean(description="Whether the answer is still to come.")


class DebuggedAnalysisJobSchema(Schema):
    """A request to the image analysis with all that is known of it."""

    object_guid = Guid(source="job.object_guid", description="What it was made for.")
    job_id = Guid(source="job.job_id", description="Its name there, too.")
    type = Text(source="job.type", description="What kind of object it was made for.")
    start = Instant(source="job.start")
    active = Boolean(source="job.active")
    model = Text(nullable=True, source="details.model")
    asset_guids = ListOf(Guid(), nullable=True, source="details.asset_guids")
    end = Instant(nullable=True, source="details.end")
    result = Json(nullable=True, source="details.result")
    request = Json(
        nullable=True, source="details.request", description="What was, or would be, sent."
    )
    response = Json(nullable=True, source="details.response", description="What came back.")


class BackgroundJobSchema(Schema):
    """A background job. Its arguments are not shown."""

    guid = Guid()
    name = Text(max=100)
    state = Choice(JobState)
    attempts = Integer(0, description="How often it was begun.")
    max_attempts = Integer(0, description="With how many attempts it is given up.")
    progress = Integer(0, 100, description="How far it says it is, in percent.")
    error = Text(nullable=True, description="What the last attempt failed of.")
    owner_guid = Guid(nullable=True, description="The user who wanted it.")
    run_after = Instant(description="When it is, or was, due.")
    created = Instant()
    updated = Instant()
    started = Instant(nullable=True, description="When the last attempt began.")
    finished = Instant(nullable=True, description="When it was over for good.")
