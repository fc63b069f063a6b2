"""What is done about uploads without being asked."""

from houston.core.jobs import JobContext, job
from houston.modules.uploads import services


@job("uploads.sweep", every=900, max_attempts=1)
def sweep(context: JobContext) -> None:
    """Forget what has expired."""
    services.sweep(context.db)
