"""Signing in and out with a browser, and the browsers in which accounts have signed in."""

from collections.abc import Iterable
from secrets import token_urlsafe

from pyramid.response import Response

from houston.core.db.session import Session
from houston.core.http.request import Request
from houston.core.security.sign_in import Place, network_of
from houston.core.settings import Settings
from houston.modules.auth import services
from houston.modules.auth.identity import CookieSource, read_cookie, signed_cookie

DEVICE_SECONDS = 400 * 24 * 60 * 60
"""The longest time for which browsers store a cookie."""
MAX_ACCOUNTS = 20
"""The accounts that one browser is remembered for."""


class Devices:
    """The cookie of a browser in which accounts have signed in; it signs nobody in by itself."""

    def __init__(self, settings: Settings) -> None:
        self._profile = signed_cookie(settings, "device", DEVICE_SECONDS)

    def place(self, request: Request) -> Place:
        """The place that a request comes from."""
        device, accounts = self._read(request)
        return Place(network_of(request.address), device, frozenset(accounts))

    def remember(self, request: Request, response: Response, account: int) -> None:
        """Set the cookie of a browser in which an account has signed in."""
        device, accounts = self._read(request)
        latest = [account, *(each for each in accounts if each != account)][:MAX_ACCOUNTS]
        self._profile.set_cookies(response, (device or token_urlsafe(16), latest))

    def _read(self, request: Request) -> tuple[str, Iterable[int]]:
        device, accounts = read_cookie(self._profile, request) or ("", ())
        return device, accounts


def sign_in(request: Request, name: str, password: str) -> None:
    """Sign in with a browser; the response sets its cookies. Its former session ends.

    Raises:
        Forbidden: The request is by a page of another site.
        Unauthenticated, TooManyRequests: As of `services.sign_in`.
    """
    cookies, devices = request.services[CookieSource], request.services[Devices]
    cookies.refuse_cross_site(request)
    former, place = cookies.secret(request), devices.place(request)
    session = services.sign_in(request.services, request.db, name, password, place, former)
    account, secret = session.user_id, session.secret

    def set_cookies(request: Request, response: Response) -> None:
        devices.remember(request, response, account)
        cookies.put(response, secret)

    request.add_response_callback(set_cookies)


def sign_out(request: Request, db: Session) -> None:
    """End the session, or revoke the token, of a request; the response removes the cookie."""
    services.sign_out(db, request.caller)
    _remove_cookie(request)


def log_out(request: Request, db: Session) -> None:
    """End the session of a browser, if it has one; the response removes the cookie.

    Raises:
        Forbidden: The request is by a page of another site, even if its method is safe.
    """
    cookies = request.services[CookieSource]
    cookies.refuse_cross_site(request, safe=False)
    secret = cookies.secret(request)
    if secret is not None:
        services.end_session(db, secret)
        _remove_cookie(request)


def _remove_cookie(request: Request) -> None:
    cookies = request.services[CookieSource]
    request.add_response_callback(lambda _request, response: cookies.remove(response))
