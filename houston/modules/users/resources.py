"""The branch `users` of the tree: who may do what to accounts."""

from collections.abc import Iterable

from houston.core.security.grants import Grant, LocalRole
from houston.core.security.identity import Identity
from houston.core.security.permissions import Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.users.models import User

FULL = (Permission.READ, Permission.WRITE, Permission.DELETE)


class UserRole(LocalRole):
    """What a caller is to an account."""

    SELF = "the user himself"


class UserResource(Item):
    """One account."""

    grants = (
        Grant(UserRole.SELF, FULL),
        Grant(Role.ADMIN, FULL),
        Grant(Role.USER_MANAGER, FULL),
        Grant(Role.STAFF, (Permission.READ,)),
        Grant(Role.INTERNAL, (Permission.READ,)),
    )

    def local_roles(self, identity: Identity) -> Iterable[str]:
        """The caller is himself to his own account."""
        return (UserRole.SELF,) if identity.account.id == self.row.id else ()


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
