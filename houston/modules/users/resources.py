"""The branch `users` of the tree: who may do what to accounts."""

from sqlalchemy import or_

from houston.core.security.grants import Caller, Grant, LocalRole, Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.users.models import User

FULL = (Permission.READ, Permission.WRITE, Permission.DELETE)
MANAGE = (*FULL, Permission.ASSIGN)
GOVERN = (*MANAGE, Permission.ADMINISTER)

SELF = LocalRole("the user themselves", User, User.id == Caller.id)
USER_MANAGER = LocalRole(
    "user managers, but for accounts of managers, administrators, developers and machines",
    User,
    ~or_(User.is_user_manager, User.is_admin, User.is_staff, User.is_internal),
    Role.USER_MANAGER,
)
ADMIN = LocalRole(
    "administrators, but for accounts of developers", User, ~User.is_staff, Role.ADMIN
)
MACHINE = ADMIN.held_by(Role.INTERNAL, "machine accounts, but for accounts of developers")


class UserResource(Item):
    """One account. Nobody manages an account that has a role which they may not give."""

    children = {"profile_image": Resource}
    grants = (
        Grant(SELF, FULL),
        Grant(USER_MANAGER, MANAGE),
        Grant(ADMIN, GOVERN),
        Grant(MACHINE, GOVERN),
        Grant(Role.STAFF, GOVERN),
        Grant(Role.USER_MANAGER, (Permission.READ,)),
        Grant(Role.ADMIN, (Permission.READ,)),
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
        "search": Resource,
        "admin_user_initialized": Resource,
        "set_up": Resource,
        "reset_password_email": Resource,
        "verify_account_email": OwnAccount,
        "invitations": Resource,
    }
    grants = (
        Grant(Role.ADMIN, (Permission.LIST, Permission.CREATE, Permission.ADMINISTER)),
        Grant(Role.STAFF, (Permission.LIST, Permission.CREATE, Permission.ADMINISTER)),
        Grant(Role.INTERNAL, (Permission.LIST, Permission.CREATE, Permission.ADMINISTER)),
        Grant(Role.USER_MANAGER, (Permission.LIST, Permission.CREATE)),
        Grant(Role.RESEARCHER, (Permission.LIST,)),
    )
