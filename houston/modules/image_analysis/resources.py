"""The branch `sage` of the tree, and its grants."""

from houston.core.security.grants import Grant
from houston.core.security.permissions import Permission
from houston.core.tree import Resource
from houston.domain.roles import Role


class RemoteJobs(Resource):
    """The jobs of the service."""

    grants = (Grant(Role.SIGNED_IN, (Permission.LIST,)),)


class SageResource(Resource):
    """The service that analyses images."""

    noun = "sage"
    children = {"jobs": RemoteJobs}
