"""The branches `progress` and `job-control` of the resource tree, with their grants."""

from houston.core.jobs import Job
from houston.core.security.grants import Grant, Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.jobs.models import Progress


class ProgressResource(Item):
    """One progress."""

    grants = (Grant(Role.SIGNED_IN, (Permission.READ,)),)


class ProgressCollection(Collection):
    """All progress by guid; there is no list."""

    noun = "progress"
    model = Progress
    item = ProgressResource


class AnalysisDebugging(Resource):
    """The analysis jobs with their details."""

    closed = True
    grants = (
        Grant(Role.ADMIN, (Permission.LIST,)),
        Grant(Role.STAFF, (Permission.LIST,)),
        Grant(Role.INTERNAL, (Permission.LIST,)),
    )


class BackgroundJob(Item):
    """One background job; below it are the addresses that cancel and retry it."""

    children = {"cancel": Resource, "retry": Resource}
    grants = (
        Grant(Role.ADMIN, (Permission.READ, Permission.WRITE)),
        Grant(Role.STAFF, (Permission.READ, Permission.WRITE)),
        Grant(Role.INTERNAL, (Permission.READ, Permission.WRITE)),
    )


class BackgroundJobCollection(Collection):
    """All background jobs."""

    model = Job
    item = BackgroundJob
    closed = True
    grants = (
        Grant(Role.ADMIN, (Permission.LIST,)),
        Grant(Role.STAFF, (Permission.LIST,)),
        Grant(Role.INTERNAL, (Permission.LIST,)),
    )


class JobControl(Resource):
    """The analysis jobs, and below them all other addresses of jobs."""

    noun = "jobs"
    children = {"debug": AnalysisDebugging, "background": BackgroundJobCollection}
    grants = (Grant(Role.SIGNED_IN, (Permission.LIST,)),)
