"""The page on which a user authorizes a client (RFC 6749, section 4.1).

The parameters of the client are in the address. The form of the page posts to the same address,
with a name and a password, or with the decision.
"""

from base64 import b64encode
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import Any
from urllib.parse import SplitResult, urlsplit

from pyramid.response import Response

from houston.core.errors import Unauthenticated
from houston.core.http.request import Request
from houston.core.security.grants import Identity
from houston.modules.auth.browsers import sign_in
from houston.modules.auth.identity import CookieSource
from houston.modules.auth.provider import Authorization, create_code, read_authorization

STYLE = "body{font:1rem/1.5 sans-serif;max-width:30rem;margin:3rem auto;padding:0 1rem}"
STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()


def respond(request: Request, page: Callable[[Request, Authorization], Response]) -> Response:
    """The response of a page, or a redirect that tells the client that its request is not valid.

    Raises:
        ProtocolError: The client or its redirection address is not valid.
    """
    authorization = read_authorization(request)
    if isinstance(authorization, str):
        return _redirect(authorization)
    return page(request, authorization)


def decide(request: Request, authorization: Authorization) -> Response:
    """Sign in, or redirect to the client with an authorization code or a refusal.

    Raises:
        Forbidden: The request is by a page of another site.
        TooManyRequests: There were too many failures, so that the caller has to wait.
    """
    request.services[CookieSource].refuse_cross_site(request)
    user, decision = _signed_in(request), request.validated["body"].get("decision")
    if user is None or decision is None:
        return _sign_in(request, authorization)
    if decision != "allow":
        return _redirect(authorization.refusal)
    return _redirect(create_code(request, user.account))


def show(request: Request, authorization: Authorization, message: str = "") -> Response:
    """Show the form to sign in, or the scopes with the form to decide."""
    user, client = _signed_in(request), authorization.client
    target = urlsplit(authorization.redirect_uri)
    text = _template().render(
        client=client.name or client.client_id,
        owner=client.user.full_name or client.user.username,
        host=target.netloc or f"{target.scheme}:",
        scopes=authorization.scopes,
        user=user.account if user else None,
        message=message,
        style=STYLE,
    )
    response = Response(text, content_type="text/html", charset="utf-8")
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; "
        # Browsers apply this to the redirect after the form as well.
        f"form-action 'self' {_source(target)}; frame-ancestors 'none'"
    )
    response.cache_control = "no-store"
    return response


@cache
def _template() -> Any:
    # Imported with the first page: it takes two megabytes.
    from jinja2 import Environment, PackageLoader

    environment = Environment(loader=PackageLoader("houston.modules.auth"), autoescape=True)
    return environment.get_template("authorize.html.j2")


def _source(target: SplitResult) -> str:
    """The source of an address in a content security policy, which knows no IPv6 hosts."""
    if not target.netloc or target.netloc.startswith("["):
        return f"{target.scheme}:"
    return f"{target.scheme}://{target.netloc}"


def _sign_in(request: Request, authorization: Authorization) -> Response:
    form = request.validated["body"]
    name, password = (form.get(field, "") for field in ("username", "password"))
    try:
        sign_in(request, name, password)
    except Unauthenticated:
        return show(request, authorization, "This name and password do not belong together.")
    return _redirect(request.path_qs)


def _signed_in(request: Request) -> Identity | None:
    """The user of the browser session; a bearer token does not count here."""
    identity = request.identity
    return identity if identity is not None and identity.carrier == "cookie" else None


def _redirect(address: str) -> Response:
    return Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})
