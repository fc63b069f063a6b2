"""The branch `users` of the tree: who may do what to accounts."""

from houston.core.security.grants import Caller, Grant, LocalRole
from houston.core.security.permissions import Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.users.models import User

FULL = (Permission.READ, Permission.WRITE, Permission.DELETE)


SELF = LocalRole("the user themselves", User, User.id == Caller.id)
USER_MANAGER = LocalRole(
    "user managers, but for accounts of administrators", User, ~User.is_admin, Role.USER_MANAGER
)


class UserResource(Item):
    """One account."""

    grants = (
        Grant(SELF, FULL),
        Grant(Role.ADMIN, FULL),
        Grant(USER_MANAGER, FULL),
        Grant(Role.USER_MANAGER, (Permission.READ,)),
        Grant(Role.STAFF, (Permission.READ,)),
        Grant(Role.INTERNAL, (Permission.READ,)),
    )


class Me(Resource):
    """The caller's own account, which needs no looking up."""

    grants = (Grant(Role.SIGNED_IN, (Permission.READ,)),)


class FirstAdministrator(Resource):
    """Whether the site has an administrator, and making the first one."""


class PasswordReset(Resource):
    """Asking for a mail that lets one set a new password."""


class EmailVerification(Resource):
    """Asking again for the mail that confirms one's address."""

    grants = (Grant(Role.SIGNED_IN, (Permission.WRITE,)),)


class Invitations(Resource):
    """Inviting somebody to make an account."""

    grants = (
        Grant(Role.ADMIN, (Permission.CREATE,)),
        Grant(Role.USER_MANAGER, (Permission.CREATE,)),
    )


class UserCollection(Collection):
    """All accounts."""

    noun = "users"
    model = User
    item = UserResource
    children = {
        "me": Me,
        "admin_user_initialized": FirstAdministrator,
        "reset_password_email": PasswordReset,
        "verify_account_email": EmailVerification,
        "invitations": Invitations,
    }
    grants = (
        Grant(Role.ADMIN, (Permission.LIST, Permission.CREATE)),
        Grant(Role.USER_MANAGER, (Permission.LIST, Permission.CREATE)),
        Grant(Role.RESEARCHER, (Permission.LIST,)),
        Grant(Role.STAFF, (Permission.LIST,)),
        Grant(Role.INTERNAL, (Permission.LIST,)),
    )
