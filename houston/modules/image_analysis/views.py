"""The address of the service's jobs."""

from collections.abc import Mapping

from houston.core.api.service import Service
from houston.core.http.request import Request
from houston.core.security.permissions import Permission
from houston.modules.image_analysis import schemas, services
from houston.modules.image_analysis.interface import ImageAnalysis, RemoteJob

jobs = Service("sage_jobs", "/sage/jobs")


@jobs.get(Permission.LIST, returns=schemas.RemoteJobSchema(), keyed=True)
def list_sage_jobs(request: Request) -> Mapping[str, RemoteJob]:
    """List the jobs of the service that analyses images, by the guids that they were given.

    There are none where no such service is configured.
    """
    return services.list_remote_jobs(request.services[ImageAnalysis])
