"""The addresses of accounts."""

from typing import Any

from sqlalchemy import select

from houston.core.api.operation import PartialView
from houston.core.api.service import Service
from houston.core.errors import (
    Conflict,
    Forbidden,
    MethodNotAllowed,
    TooManyRequests,
    Unauthenticated,
)
from houston.core.http.request import Request
from houston.core.mail import Mailer
from houston.core.security.permissions import Permission
from houston.core.security.recaptcha import check_recaptcha
from houston.core.settings import Settings
from houston.modules.site_settings import services as site_settings
from houston.modules.users import schemas, services
from houston.modules.users.models import User

users = Service("users", "/users")
user = Service("user", "/users/{user}")
me = Service("me", "/users/me")
first_administrator = Service("first_administrator", "/users/admin_user_initialized")
password_reset = Service("password_reset", "/users/reset_password_email")
verification = Service("email_verification", "/users/verify_account_email")
invitations = Service("invitations", "/users/invitations")


users.list("list_users", services.USERS, schemas.UserListSchema(), "List the accounts.")


@users.post(
    Permission.PUBLIC,
    body=schemas.NewUserSchema(),
    returns=schemas.UserSchema(),
    errors=(Unauthenticated, Forbidden, Conflict),
)
def create_user(request: Request) -> User:
    """Sign up, or make an account for somebody else.

    Signing up may be open to everybody, closed, or by invitation. Administrators and user managers
    make accounts for others, with roles, and bring deactivated ones back by their e-mail.
    """
    values = request.validated["body"]
    manager = request.identity if request.has_permission(Permission.CREATE) else None
    answer = values.pop("recaptcha_key")
    if manager is None:
        use = site_settings.recaptcha(request.services, request.db)
        check_recaptcha(use, answer, "recaptcha_key")
    openness = request.services[Settings]["houston.users.sign_up"]
    return services.sign_up(
        request.services, request.db, values, manager=manager, openness=openness
    )


@user.get(
    Permission.PUBLIC,
    returns=schemas.VisibleUserSchema(),
    partial=schemas.PublicUserSchema(),
    errors=(Unauthenticated,),
)
def get_user(request: Request) -> Any:
    """Read an account: all of it for those who may, the public profile for everybody else."""
    row = request.context.row
    return row if request.has_permission(Permission.READ) else PartialView(row)


@user.patch(
    Permission.WRITE,
    patch=schemas.UserPatch(),
    returns=schemas.UserSchema(),
    errors=(TooManyRequests,),
)
def patch_user(request: Request) -> User:
    """Change an account.

    Username, e-mail, password and roles need the caller's password: a `test` of
    `/current_password` among the operations. Roles are changed by administrators.
    """
    return services.update_user(
        request.services,
        request.db,
        request.caller,
        request.context.row,
        request.validated["change"],
    )


@user.delete(Permission.DELETE, errors=(Conflict,))
def delete_user(request: Request) -> None:
    """Deactivate an account: it is taken out of use and its personal data forgotten."""
    services.deactivate_user(request.services, request.db, request.caller, request.context.row)


@me.get(Permission.READ, returns=schemas.PersonalUserSchema())
def get_me(request: Request) -> Any:
    """Read one's own account."""
    return request.caller.account


@first_administrator.get(Permission.PUBLIC, returns=schemas.InitializedSchema())
def get_first_administrator(request: Request) -> bool:
    """Tell whether the site has an administrator."""
    return services.is_initialized(request.db)


@first_administrator.post(
    Permission.PUBLIC,
    body=schemas.FirstAdministratorSchema(),
    returns=schemas.InitializedSchema(),
    errors=(MethodNotAllowed,),
)
def create_first_administrator(request: Request) -> bool:
    """Make the first administrator of a new site."""
    services.create_first_administrator(request.services, request.db, **request.validated["body"])
    return True


@password_reset.post(Permission.PUBLIC, body=schemas.EmailSchema())
def reset_password_email(request: Request) -> None:
    """Ask for a mail with a code that sets a new password.

    The answer is the same whether or not there is such an account.
    """
    mailer = request.services[Mailer]
    services.send_password_reset(mailer, request.db, request.validated["body"]["email"])


@verification.post(Permission.WRITE)
def verify_account_email(request: Request) -> None:
    """Ask again for the mail that confirms one's address."""
    account = select(User).where(User.id == request.caller.account.id)
    user = request.db.scalars(account).one()
    services.send_verification(request.services[Mailer], request.db, user)


@invitations.post(Permission.CREATE, body=schemas.EmailSchema())
def create_invitation(request: Request) -> None:
    """Invite somebody to make an account."""
    services.invite(request.services[Mailer], request.db, request.validated["body"]["email"])
