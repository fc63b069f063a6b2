"""The addresses of accounts."""

from typing import Any

from pyramid.response import Response

from houston.core.api.files import file_response
from houston.core.api.input import json_of
from houston.core.api.operation import PartialView
from houston.core.api.service import Service
from houston.core.errors import (
    Conflict,
    Forbidden,
    MethodNotAllowed,
    NotFound,
    TooManyRequests,
    Unauthenticated,
)
from houston.core.http.request import Request
from houston.core.jobs import Jobs
from houston.core.mail import Mailer
from houston.core.security.grants import Permission
from houston.core.security.recaptcha import check_recaptcha
from houston.core.settings import Settings
from houston.modules.fileuploads.models import FileUpload
from houston.modules.site_settings import services as site_settings
from houston.modules.users import schemas
from houston.modules.users.jobs import SEND_RESET
from houston.modules.users.models import CodeKind, User
from houston.modules.users.services import accounts, codes, sign_up

users = Service("users", "/users")
user = Service("user", "/users/{user}")
me = Service("me", "/users/me")
search = Service("user_search", "/users/search")
profile_image = Service("profile_image", "/users/{user}/profile_image")
first_administrator = Service("first_administrator", "/users/admin_user_initialized")
set_up = Service("set_up", "/users/set_up")
password_reset = Service("password_reset", "/users/reset_password_email")
verification = Service("email_verification", "/users/verify_account_email")
invitations = Service("invitations", "/users/invitations")


LISTED = schemas.UserListSchema()
PROFILE, PUBLIC = schemas.UserProfileSchema(), schemas.PublicUserSchema()
SET_UP_COOKIE = "set_up_token"
SET_UP_SECONDS = 3600
HALF_A_DAY = "public, max-age=43200"

users.list("list_users", accounts.USERS, LISTED, "List the accounts.")
search.search("search_users", accounts.USERS, LISTED, "Search the accounts.")


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
    partial=(PROFILE, PUBLIC),
    errors=(Unauthenticated,),
)
def get_user(request: Request) -> Any:
    """Read an account.

    Callers who may list the accounts see it without its settings, others the public profile.
    """
    account = request.context
    if request.has_permission(Permission.READ):
        return account.row
    is_listed = request.has_permission(Permission.LIST, account.__parent__)
    return PartialView(account.row, PROFILE if is_listed else PUBLIC)


@user.patch(
    Permission.WRITE,
    patch=schemas.UserPatch(),
    returns=schemas.UserSchema(),
    errors=(TooManyRequests,),
)
def patch_user(request: Request) -> User:
    """Change an account.

    Username, e-mail, password and roles need the caller's password: a `test` of
    `/current_password` before them. Another e-mail of the caller replaces a confirmed one when it
    is confirmed. User managers change roles, administrators those of managers, too.
    """
    user, change = request.context.row, request.validated["change"]
    return accounts.update_user(request.services, request.db, request.caller, user, change)


@user.delete(Permission.DELETE, errors=(Conflict, TooManyRequests))
def delete_user(request: Request) -> None:
    """Deactivate an account, and delete its personal data.

    A body may be a list with a `test` of `/current_password`, the password of the caller.
    """
    password = schemas.password_of_deletion(json_of(request))
    if password is not None:
        accounts.check_password(request.services, request.db, request.caller, password)
    accounts.deactivate_user(request.services, request.db, request.context.row)


@profile_image.get(Permission.PUBLIC, file=True, produces="image/*")
def get_profile_image(request: Request) -> Response:
    """Read the picture of an account; there is nothing if it has none."""
    guid = request.context.__parent__.row.profile_fileupload_guid
    if guid is None:
        raise NotFound("The account has no picture.")
    picture = request.db.get_one(FileUpload, guid)
    return file_response(request, picture.file_key, picture.mime_type, cache=HALF_A_DAY)


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
    errors=(MethodNotAllowed, Forbidden, Conflict),
)
def create_first_administrator(request: Request) -> bool:
    """Create the first administrator of a new site.

    In production this needs the token that the server prints at its start, or the cookie of the
    address that it prints.
    """
    values = request.validated["body"]
    token = values.pop("token") or request.cookies.get(SET_UP_COOKIE, "")
    sign_up.create_first_administrator(request.services, request.db, **values, token=token)
    return True


@set_up.get(Permission.PUBLIC, query=schemas.SetUpSchema(), status=302, errors=(Forbidden,))
def open_set_up(request: Request) -> Response:
    """Open the page that creates the first administrator, with the token as a cookie."""
    token = request.validated["querystring"]["token"]
    sign_up.check_set_up_token(request.services, token)
    response = Response(status=302, location="/")
    response.set_cookie(
        SET_UP_COOKIE,
        token,
        max_age=SET_UP_SECONDS,
        secure=request.services[Settings]["houston.cookies.secure"],
        httponly=True,
        samesite="Strict",
    )
    return response


@password_reset.post(Permission.PUBLIC, body=schemas.EmailSchema())
def reset_password_email(request: Request) -> None:
    """Send a mail with a code that sets a new password.

    Response and duration are the same whether or not there is such an account.
    """
    request.services[Jobs].enqueue(request.db, SEND_RESET, request.validated["body"])


@verification.post(Permission.WRITE, errors=(TooManyRequests,))
def verify_account_email(request: Request) -> None:
    """Send the mail again that confirms the address of the caller."""
    user = accounts.user_of(request.db, request.caller)
    codes.check_limits(request.services[Mailer], request.db, CodeKind.EMAIL, user.email)
    codes.send_verification(request.services, request.db, user)


@invitations.post(Permission.CREATE, body=schemas.EmailSchema(), errors=(TooManyRequests,))
def create_invitation(request: Request) -> None:
    """Invite somebody to create an account."""
    mailer, email = request.services[Mailer], request.validated["body"]["email"]
    codes.check_limits(mailer, request.db, CodeKind.INVITE, email)
    codes.send_code(mailer, request.db, CodeKind.INVITE, email)
