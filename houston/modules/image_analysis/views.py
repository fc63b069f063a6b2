"""The branch `sage` of the tree, and the address of the jobs of the service."""

from collections.abc import Mapping

from houston.core.api.service import Service
from houston.core.errors import Unavailable
from houston.core.http.request import Request
from houston.core.security.grants import Grant, Permission
from houston.core.tree import Resource
from houston.domain.roles import Role
from houston.modules.image_analysis.interface import (
    AnalysisError,
    ImageAnalysis,
    RemoteJob,
    RemoteJobSchema,
)


class RemoteJobs(Resource):
    """The jobs of the service."""

    grants = (Grant(Role.SIGNED_IN, (Permission.LIST,)),)


class SageResource(Resource):
    """The service that analyses images."""

    noun = "sage"
    children = {"jobs": RemoteJobs}


jobs = Service("sage_jobs", "/sage/jobs")


@jobs.get(Permission.LIST, returns=RemoteJobSchema(), keyed=True)
def list_sage_jobs(request: Request) -> Mapping[str, RemoteJob]:
    """List the jobs of the image analysis, by their guids.

    There are none where no such service is configured.
    """
    try:
        return request.services[ImageAnalysis].analyst.jobs()
    except AnalysisError as error:
        raise Unavailable(str(error)) from error
