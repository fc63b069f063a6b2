"""The branches `progress` and `job-control` of the tree: who may look, and who may interfere."""

from houston.core.jobs import Job
from houston.core.security.grants import Grant
from houston.core.security.permissions import Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.jobs.models import Progress


class ProgressResource(Item):
    """One progress, which is nobody's secret."""

    grants = (Grant(Role.SIGNED_IN, (Permission.READ,)),)


class ProgressCollection(Collection):
    """Every progress, each under its guid; there is no list."""

    noun = "progress"
    model = Progress
    item = ProgressResource


class AnalysisDebugging(Resource):
    """The analysis jobs in full."""

    closed = True
    grants = (
        Grant(Role.ADMIN, (Permission.LIST,)),
        Grant(Role.STAFF, (Permission.LIST,)),
        Grant(Role.INTERNAL, (Permission.LIST,)),
    )


class Cancellation(Resource):
    """Calling a background job off."""


class Repetition(Resource):
    """Letting a background job begin again."""


class BackgroundJob(Item):
    """One background job."""

    children = {"cancel": Cancellation, "retry": Repetition}
    grants = (
        Grant(Role.ADMIN, (Permission.READ, Permission.WRITE)),
        Grant(Role.STAFF, (Permission.READ, Permission.WRITE)),
    )


class BackgroundJobCollection(Collection):
    """All background jobs."""

    model = Job
    item = BackgroundJob
    closed = True
    grants = (
        Grant(Role.ADMIN, (Permission.LIST,)),
        Grant(Role.STAFF, (Permission.LIST,)),
    )


class JobControl(Resource):
    """The analysis jobs; below it all that concerns jobs."""

    noun = "jobs"
    children = {"debug": AnalysisDebugging, "background": BackgroundJobCollection}
    grants = (Grant(Role.SIGNED_IN, (Permission.LIST,)),)
