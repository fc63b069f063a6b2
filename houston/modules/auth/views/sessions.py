"""The addresses where browsers sign in and out, and where mailed codes lead."""

from urllib.parse import urlencode

from pyramid.response import Response

from houston.core.api.service import Service
from houston.core.db.session import Database, Session
from houston.core.errors import (
    ApiError,
    Forbidden,
    NotFound,
    TooManyRequests,
    Unauthenticated,
    Unprocessable,
)
from houston.core.http.request import Request
from houston.core.schema.nodes import Schema, String
from houston.core.security.permissions import Permission
from houston.core.settings import Settings
from houston.modules.auth import schemas
from houston.modules.auth.cookies import SessionCookies
from houston.modules.auth.services.sessions import sign_in, sign_out
from houston.modules.auth.sources import CookieSource
from houston.modules.site_settings import services as site_settings
from houston.modules.users.models import CodeKind
from houston.modules.users.services import codes as users

sessions = Service("sessions", "/auth/sessions")
logout = Service("logout", "/logout", prefix="", tag="auth")
recaptcha = Service("recaptcha", "/auth/recaptcha")
code = Service("code", "/auth/code/{code}")
code_json = Service("code_json", "/auth/code/{code}.json")

NEXT = Schema(String(1, 2048, name="next", missing="/", description="A path of this site."))
PAGES = {CodeKind.EMAIL: "/email_verified", CodeKind.RECOVER: "/reset_password"}


@sessions.post(
    Permission.PUBLIC,
    body=schemas.SignInSchema(),
    returns=schemas.SessionSchema(),
    errors=(Unauthenticated, Forbidden, TooManyRequests),
)
def create_session(request: Request) -> str:
    """Sign in with a browser: sets a cookie that carries the session."""
    request.services[CookieSource].refuse_cross_site(request)
    body = request.validated["body"]
    secret = sign_in(
        request.services,
        request.db,
        body.get("email") or body.get("username"),
        body["password"],
        address=request.address,
        lifetime=request.services[Settings]["houston.session.lifetime"],
    )
    cookies = request.services[SessionCookies]
    request.add_response_callback(lambda _request, response: cookies.put(response, secret))
    return "Session Created"


@sessions.delete(Permission.DELETE, status=200, returns=schemas.SessionSchema())
def delete_session(request: Request) -> str:
    """Sign out: ends the session, or revokes the token, that this request shows."""
    _end_session(request)
    return "Session Deleted"


@logout.post(Permission.PUBLIC, query=NEXT, status=302, errors=(Unauthenticated, Forbidden))
def log_out(request: Request) -> Response:
    """Sign out by a form of a page, and go on to another."""
    if request.identity is not None:
        _end_session(request)
    return _redirect(_path_of_this_site(request.validated["querystring"]["next"]))


@recaptcha.get(Permission.PUBLIC, returns=schemas.RecaptchaSchema())
def get_recaptcha(request: Request) -> str:
    """Tell the key with which pages show reCAPTCHA; null where the site does not use it."""
    return site_settings.recaptcha(request.services, request.db).public_key


@code_json.get(Permission.PUBLIC, returns=schemas.MessageSchema())
def get_code(request: Request) -> str:
    """Confirm an address by the code that was mailed there."""
    with request.services[Database].transaction(request.actor) as db:
        return users.use_code(request.services, db, users.find_code(db, _code(request)))


@code_json.post(Permission.PUBLIC, body=schemas.CodeSchema(), returns=schemas.MessageSchema())
def use_code(request: Request) -> str:
    """Confirm an address, or set a new password, by the code that was mailed."""
    code = users.find_code(request.db, _code(request))
    return users.use_code(request.services, request.db, code, request.validated["body"]["password"])


@code.get(Permission.PUBLIC, status=302)
def follow_code(request: Request) -> Response:
    """Confirm an address as its mail says, and go on to the page that tells of it."""
    with request.services[Database].transaction(request.actor) as db:
        return _told(request, db, "")


@code.post(Permission.PUBLIC, body=schemas.CodeSchema(), status=302)
def follow_code_with_password(request: Request) -> Response:
    """Confirm an address, or set a new password, and go on to the page that tells of it."""
    return _told(request, request.db, request.validated["body"]["password"])


def _told(request: Request, db: Session, password: str) -> Response:
    """A redirect with what became of a code; raises NotFound for one that leads nowhere."""
    code = users.find_code(db, _code(request))
    page = PAGES.get(CodeKind(code.kind))
    if page is None:
        raise NotFound
    try:
        # The redirect commits: what a refusal has begun, such as using the code up, is undone here.
        with db.begin_nested():
            message, status = users.use_code(request.services, db, code, password), 200
    except ApiError as error:
        message, status = _reason(error), int(error.status)
    return _redirect(f"{page}?{urlencode({'message': message, 'status': status})}")


def _reason(error: ApiError) -> str:
    """The texts by field say more than the sentence that all of them share."""
    if isinstance(error, Unprocessable) and error.messages:
        return " ".join(text for texts in error.messages.values() for text in texts)
    return error.message


def _code(request: Request) -> str:
    text: str = request.matchdict["code"]
    return text


def _end_session(request: Request) -> None:
    sign_out(request.db, request.caller)
    cookies = request.services[SessionCookies]
    request.add_response_callback(lambda _request, response: cookies.take_away(response))


def _path_of_this_site(path: str) -> str:
    """The path, or the front page for what a browser could take for another site."""
    foreign = not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable()
    return "/" if foreign else path


def _redirect(address: str) -> Response:
    return Response(status=302, location=address)
