"""What goes out of progress, of the phases made of it, and of jobs."""

from houston.core.jobs import JobState
from houston.core.schema import (
    Boolean,
    Choice,
    DateTime,
    Field,
    Guid,
    Integer,
    Json,
    ListOf,
    Number,
    Schema,
    Text,
)
from houston.modules.jobs.models import ProgressStatus


class ProgressStepSchema(Schema):
    """How far a step of some work is."""

    guid = Field(Guid())
    description = Field(Text(max=256))
    percentage = Field(Integer(0, 100))
    status = Field(Choice(ProgressStatus))
    message = Field(Text(), nullable=True, description="Why it was skipped, cancelled or failed.")
    skipped = Field(Boolean(), description="Whether there was nothing to do.")
    cancelled = Field(Boolean(), description="Whether it was called off.")
    failed = Field(Boolean(), description="Whether it ended without success.")
    complete = Field(Boolean(), description="Whether all is done.")
    active = Field(Boolean(), description="Whether there is something to come.")
    idle = Field(Boolean(), description="Whether nothing has been done yet.")
    inactive = Field(Boolean(), description="Whether nothing is to come.")
    ahead = Field(
        Integer(0), nullable=True, description="Jobs due before its own, null if it has none."
    )
    celery_guid = Field(
        Guid(), nullable=True, source="job_guid", description="The background job that does it."
    )
    sage_guid = Field(
        Guid(), nullable=True, source="analysis_guid", description="The job of the image analysis."
    )
    eta = Field(Number(0), nullable=True, description="Seconds left, as far as can be told.")
    created = Field(DateTime())
    updated = Field(DateTime())


class ProgressSchema(ProgressStepSchema):
    """How far some work is, with its steps."""

    parent_guid = Field(Guid(), nullable=True, description="The work of which this is a step.")
    steps = ListOf(ProgressStepSchema(), max_items=10_000)


class PhaseSchema(Schema):
    """Where a phase of a pipeline stands: none of the first four means that it waits."""

    skipped = Field(Boolean())
    in_progress = Field(Boolean(), name="inProgress", source="in_progress")
    failed = Field(Boolean())
    complete = Field(Boolean())
    message = Field(Text(), nullable=True)
    steps = Field(Integer(0), description="The number of steps.")
    steps_complete = Field(Integer(0), name="stepsComplete", source="steps_complete")
    progress = Field(Number(0, 1), description="The share that is done.")
    start = Field(DateTime(), nullable=True)
    end = Field(DateTime(), nullable=True)
    eta = Field(Number(0), nullable=True, description="Seconds left, as far as can be told.")
    ahead = Field(Integer(0), nullable=True, description="Jobs that are due before.")
    status = Field(Choice(ProgressStatus), nullable=True)
    description = Field(Text(max=256), nullable=True)


class AnalysisJobSchema(Schema):
    """A request to the image analysis."""

    object_guid = Field(Guid(), description="What it was made for.")
    job_id = Field(Guid(), description="Its name there, too.")
    type = Field(Text(), description="What kind of object it was made for.")
    start = Field(DateTime())
    active = Field(Boolean(), description="Whether the answer is still to come.")


class DebuggedAnalysisJobSchema(Schema):
    """A request to the image analysis with all that is known of it."""

    object_guid = Field(Guid(), source="job.object_guid", description="What it was made for.")
    job_id = Field(Guid(), source="job.job_id", description="Its name there, too.")
    type = Field(Text(), source="job.type", description="What kind of object it was made for.")
    start = Field(DateTime(), source="job.start")
    active = Field(Boolean(), source="job.active")
    model = Field(Text(), nullable=True, source="details.model")
    asset_guids = ListOf(Guid(), nullable=True, source="details.asset_guids")
    end = Field(DateTime(), nullable=True, source="details.end")
    result = Field(Json(), nullable=True, source="details.result")
    request = Field(
        Json(), nullable=True, source="details.request", description="What was, or would be, sent."
    )
    response = Field(
        Json(), nullable=True, source="details.response", description="What came back."
    )


class BackgroundJobSchema(Schema):
    """A background job. Its arguments are not shown."""

    guid = Field(Guid())
    name = Field(Text(max=100))
    state = Field(Choice(JobState))
    attempts = Field(Integer(0), description="How often it was begun.")
    max_attempts = Field(Integer(0), description="With how many attempts it is given up.")
    progress = Field(Integer(0, 100), description="How far it says it is, in percent.")
    error = Field(Text(), nullable=True, description="What the last attempt failed of.")
    owner_guid = Field(Guid(), nullable=True, description="The user who wanted it.")
    run_after = Field(DateTime(), description="When it is, or was, due.")
    created = Field(DateTime())
    updated = Field(DateTime())
    started = Field(DateTime(), nullable=True, description="When the last attempt began.")
    finished = Field(DateTime(), nullable=True, description="When it was over for good.")
