"""What goes out of the image analysis."""

from houston.core.schema.nodes import Integer, Number, Schema, Text


class RemoteJobSchema(Schema):
    """A job of the service that analyses images, as that describes it."""

    status = Text(nullable=True, description="How far it is; `completed` if done.")
    endpoint = Text(nullable=True, description="What was asked for.")
    jobcounter = Integer(nullable=True, description="The number of the job.")
    time_received = Text(nullable=True)
    time_completed = Text(nullable=True)
    time_turnaround_sec = Number(nullable=True, description="Seconds until it was done.")
    time_runtime_sec = Number(nullable=True, description="Seconds that it took.")
