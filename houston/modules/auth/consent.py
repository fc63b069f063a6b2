"""The page where a user lets a client act for him (RFC 6749, section 4.1).

The parameters of the client stay in the address; a form of the page posts to the same address, with
a name and a password, or with the decision.
"""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from oauthlib.oauth2 import FatalClientError, OAuth2Error
from pyramid.request import Request
from pyramid.response import Response

from houston.core.errors import Unauthenticated
from houston.core.security.identity import Identity
from houston.core.settings import Settings
from houston.modules.auth.cookies import SessionCookies
from houston.modules.auth.errors import ProtocolError
from houston.modules.auth.provider import Provider, provider_of, uri_of
from houston.modules.auth.services.sessions import sign_in
from houston.modules.auth.sources import CookieSource

if TYPE_CHECKING:
    from jinja2 import Template

STYLE = "body{font:1rem/1.5 sans-serif;max-width:30rem;margin:3rem auto;padding:0 1rem}"
STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
WRONG = "This name and password do not belong together."


def show(request: Request) -> Response:
    """The page: to sign in, or to decide."""
    provider, _ = provider_of(request, request.db)
    asked = _asked(request, provider)
    return asked if isinstance(asked, Response) else _page(request, asked)


def decide(request: Request) -> Response:
    """What came of the page: a signed-in browser, or a redirect with a code or a refusal."""
    provider, _ = provider_of(request, request.db)
    asked = _asked(request, provider)
    if isinstance(asked, Response):
        return asked
    request.services[CookieSource].refuse_cross_site(request)
    user = _signed_in(request)
    if user is None or "decision" not in request.POST:
        return _sign_in(request, asked)
    if request.POST["decision"] != "allow":
        refusal = OAuth2Error(state=asked["state"])
        refusal.error = "access_denied"
        return _redirect(refusal.in_uri(asked["redirect_uri"]))
    headers, _, _ = provider.create_authorization_response(
        uri_of(request, request.path_qs), "GET", "", {}, asked["scopes"], {"user": user.account}
    )
    return _redirect(headers["Location"])


def _asked(request: Request, provider: Provider) -> Any:
    """What the client asks for; a redirect when it may be told that it asks wrongly.

    Raises ProtocolError for an unknown client or address: nobody is sent there.
    """
    try:
        scopes, details = provider.validate_authorization_request(
            uri_of(request, request.path_qs), "GET", "", {}
        )
    except FatalClientError as error:
        raise ProtocolError(error.error, error.description) from None
    except OAuth2Error as error:
        return _redirect(error.in_uri(error.redirect_uri))
    return {**details, "scopes": scopes, "client": details["request"].client}


def _page(request: Request, asked: Any, *, message: str = "") -> Response:
    user = _signed_in(request)
    text = _template().render(
        client=asked["client"].name or asked["client"].client_id,
        owner=asked["client"].user.full_name or asked["client"].user.username,
        host=urlsplit(asked["redirect_uri"]).netloc,
        scopes=asked["scopes"],
        user=user.account if user else None,
        message=message,
        style=STYLE,
    )
    response = Response(text, content_type="text/html", charset="utf-8")
    target = urlsplit(asked["redirect_uri"])
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; "
        # Browsers hold the redirect after the form against this, too.
        f"form-action 'self' {target.scheme}://{target.netloc}; frame-ancestors 'none'"
    )
    response.cache_control = "no-store"
    return response


@cache
def _template() -> "Template":
    # Imported with the first page: it takes two megabytes.
    from jinja2 import Environment, PackageLoader

    environment = Environment(loader=PackageLoader("houston.modules.auth"), autoescape=True)
    return environment.get_template("authorize.html.j2")


def _sign_in(request: Request, asked: Any) -> Response:
    name, password = (request.POST.get(field, "") for field in ("username", "password"))
    try:
        secret = sign_in(
            request.services,
            request.db,
            name,
            password,
            address=request.address,
            lifetime=request.services[Settings]["houston.session.lifetime"],
        )
    except Unauthenticated:
        return _page(request, asked, message=WRONG)
    response = _redirect(request.path_qs)
    request.services[SessionCookies].put(response, secret)
    return response


def _signed_in(request: Request) -> Identity | None:
    """The user of the browser's session; a token in a header decides nothing here."""
    identity: Identity | None = request.identity
    return identity if identity is not None and identity.carrier == "cookie" else None


def _redirect(address: str) -> Response:
    return Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})
