"""The branch `account-requests` of the tree, and who may do what there."""

from houston.core.security.grants import Grant, Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.account_requests.models import AccountRequest

ANSWER = (Permission.WRITE, Permission.DELETE)
ROLES = (Role.USER_MANAGER, Role.ADMIN, Role.STAFF, Role.INTERNAL)


class AccountRequestResource(Item):
    """One account request."""

    children = {"invitation": Resource}
    grants = tuple(Grant(role, ANSWER) for role in ROLES)


class AccountRequestCollection(Collection):
    """All account requests."""

    noun = "account_requests"
    model = AccountRequest
    item = AccountRequestResource
    grants = (
        Grant(Role.ANYONE, (Permission.CREATE,)),
        *(Grant(role, (Permission.LIST,)) for role in ROLES),
    )
