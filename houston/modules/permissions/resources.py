"""The branch `may` of the tree. To administer it is to ask for others."""

from houston.core.security.grants import Grant, Permission
from houston.core.tree import Resource
from houston.domain.roles import Role

FOR_OTHERS = (Permission.ADMINISTER,)


class Questions(Resource):
    """The questions about permissions."""

    noun = "may"
    grants = (
        Grant(Role.ANYONE, (Permission.READ,)),
        Grant(Role.USER_MANAGER, FOR_OTHERS),
        Grant(Role.ADMIN, FOR_OTHERS),
        Grant(Role.STAFF, FOR_OTHERS),
        Grant(Role.INTERNAL, FOR_OTHERS),
    )
