"""Factories of background jobs and of progress."""

from factory import Sequence

from houston.core.jobs import Job
from houston.modules.jobs.models import Progress
from tests.factories import RowFactory


class ProgressFactory(RowFactory):
    """The progress of work that is not started."""

    class Meta:
        model = Progress

    description = Sequence(lambda number: f"Work {number}")


class JobFactory(RowFactory):
    """A pending background job."""

    class Meta:
        model = Job

    name = "mail.send"
    max_attempts = 3
