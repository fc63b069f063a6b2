"""What goes out of the image analysis."""

from houston.core.schema import Field, Integer, Number, Schema, Text


class RemoteJobSchema(Schema):
    """A job of the service that analyses images, as that describes it."""

    status = Field(Text(), nullable=True, description="How far it is; `completed` if done.")
    endpoint = Field(Text(), nullable=True, description="What was asked for.")
    jobcounter = Field(Integer(), nullable=True, description="The number of the job.")
    time_received = Field(Text(), nullable=True)
    time_completed = Field(Text(), nullable=True)
    time_turnaround_sec = Field(Number(), nullable=True, description="Seconds until it was done.")
    time_runtime_sec = Field(Number(), nullable=True, description="Seconds that it took.")
