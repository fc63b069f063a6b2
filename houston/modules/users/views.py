"""The addresses of accounts."""

from typing import Any

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
from houston.core.security.grants import Permission
from houston.core.security.recaptcha import check_recaptcha
from houston.modules.site_settings import services as site_settings
from houston.modules.users import schemas
from houston.modules.users.models import CodeKind, User
from houston.modules.users.services import accounts, codes, sign_up

users = Service("users", "/users")
user = Service("user", "/users/{user}")
me = Service("me", "/users/me")
first_administrator = Service("first_administrator", "/users/admin_user_initialized")
password_reset = Service("password_reset", "/users/reset_password_email")
verification = Service("email_verification", "/users/verify_account_email")
invitations = Service("invitations", "/users/invitations")


users.list("list_users", accounts.USERS, schemas.UserListSchema(), "List the accounts.")


@users.post(
    Permission.PUBLIC,
    body=schemas.NewUserSchema(),
    returns=schemas.UserSchema(),
    errors=(Unauthenticated, Forbidden, Conflict),
)
def create_user(request: Request) -> User:
    """Sign up, or create an account for somebody else.

    Signing up is open to everybody, closed, or by invitation. Administrators and user managers
    create accounts for others, with roles, and reactivate deactivated ones by their e-mail.
    """
    values = request.validated["body"]
    by_manager = bool(request.has_permission(Permission.CREATE))
    answer = values.pop("recaptcha_key")
    if not by_manager:
        recaptcha = site_settings.recaptcha(request.services, request.db)
        check_recaptcha(recaptcha, answer, "recaptcha_key")
    return sign_up.sign_up(request.services, request.db, values, by_manager=by_manager)


@user.get(
    Permission.PUBLIC,
    returns=schemas.VisibleUserSchema(),
    partial=schemas.PublicUserSchema(),
    errors=(Unauthenticated,),
)
def get_user(request: Request) -> Any:
    """Read an account; callers without the permission to read it see the public profile."""
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
    `/current_password` among the operations. Administrators change roles.
    """
    user, change = request.context.row, request.validated["change"]
    return accounts.update_user(request.services, request.db, request.caller, user, change)


@user.delete(Permission.DELETE, errors=(Conflict,))
def delete_user(request: Request) -> None:
    """Deactivate an account, and delete its personal data."""
    accounts.deactivate_user(request.services, request.db, request.context.row)


@me.get(Permission.READ, returns=schemas.PersonalUserSchema())
def get_me(request: Request) -> Any:
    """Read the account of the caller."""
    return request.caller.account


@first_administrator.get(Permission.PUBLIC, returns=schemas.InitializedSchema())
def get_first_administrator(request: Request) -> bool:
    """Read whether the site has an administrator."""
    return sign_up.is_initialized(request.db)


@first_administrator.post(
    Permission.PUBLIC,
    body=schemas.FirstAdministratorSchema(),
    returns=schemas.InitializedSchema(),
    errors=(MethodNotAllowed,),
)
def create_first_administrator(request: Request) -> bool:
    """Create the first administrator of a new site."""
    sign_up.create_first_administrator(request.services, request.db, **request.validated["body"])
    return True


@password_reset.post(Permission.PUBLIC, body=schemas.EmailSchema())
def reset_password_email(request: Request) -> None:
    """Send a mail with a code that sets a new password.

    The response is the same whether or not there is such an account.
    """
    email = request.validated["body"]["email"]
    codes.send_password_reset(request.services[Mailer], request.db, email)


@verification.post(Permission.WRITE)
def verify_account_email(request: Request) -> None:
    """Send the mail again that confirms the address of the caller."""
    user = request.db.get_one(User, request.caller.account.id)
    codes.send_verification(request.services[Mailer], request.db, user)


@invitations.post(Permission.CREATE, body=schemas.EmailSchema())
def create_invitation(request: Request) -> None:
    """Invite somebody to create an account."""
    email = request.validated["body"]["email"]
    codes.send_code(request.services[Mailer], request.db, CodeKind.INVITE, email)
