"""The branch `users` of the tree: who may do what to accounts."""

from sqlalchemy import or_

from houston.core.security.grants import Caller, Grant, LocalRole, Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.users.models import User

FULL = (Permission.READ, Permission.WRITE, Permission.DELETE)

SELF = LocalRole("the user themselves", User, User.id == Caller.id)
USER_MANAGER = LocalRole(
    "user managers, but for accounts of administrators, developers and machines",
    User,
    ~or_(User.is_admin, User.is_staff, User.is_internal),
    Role.USER_MANAGER,
)


class UserResource(Item):
    """One account."""

    grants = (
        Grant(SELF, FULL),
        Grant(Role.ADMIN, (*FULL, Permission.ADMINISTER)),
        Grant(USER_MANAGER, FULL),
        Grant(Role.USER_MANAGER, (Permission.READ,)),
        Grant(Role.STAFF, (Permission.READ,)),
        Grant(Role.INTERNAL, (Permission.READ,)),
    )


class OwnAccount(Resource):
    """The account of the caller."""

    grants = (Grant(Role.SIGNED_IN, (Permission.READ, Permission.WRITE)),)


class UserCollection(Collection):
    """All accounts."""

    noun = "users"
    model = User
    item = UserResource
    children = {
        "me": OwnAccount,
        "admin_user_initialized": Resource,
        "reset_password_email": Resource,
        "verify_account_email": OwnAccount,
        "invitations": Resource,
    }
    grants = (
        Grant(Role.ADMIN, (Permission.LIST, Permission.CREATE, Permission.ADMINISTER)),
        Grant(Role.USER_MANAGER, (Permission.LIST, Permission.CREATE)),
        Grant(Role.RESEARCHER, (Permission.LIST,)),
        Grant(Role.STAFF, (Permission.LIST,)),
        Grant(Role.INTERNAL, (Permission.LIST,)),
    )
