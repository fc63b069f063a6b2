"""What is done about uploads without being asked."""

from houston.core.jobs import JobContext, job
from houston.modules.uploads import services
from houston.modules.uploads.partials import Partials


@job("uploads.sweep", every=900, max_attempts=1)
def sweep(context: JobContext) -> None:
    """Forget what has expired."""
    services.sweep(context.services[Partials], context.db)
