"""Background jobs, and how far work is."""

from factory import Sequence

from houston.core.jobs import Job
from houston.modules.jobs.models import Progress
from tests.factories import RowFactory


class ProgressFactory(RowFactory):
    """Work that has not begun."""

    class Meta:
        model = Progress

    description = Sequence(lambda number: f"Work {number}")


class JobFactory(RowFactory):
    """A job of the application that waits."""

    class Meta:
        model = Job

    name = "mail.send"
    max_attempts = 3
