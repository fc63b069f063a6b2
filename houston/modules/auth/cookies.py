"""The cookie of a browser's session: a secret, signed, that no script can read."""

from functools import partial
from time import time
from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from webob.cookies import SignedSerializer

from houston.core.settings import Settings

NAME = "session"
RENEWED_AFTER_SECONDS = 24 * 60 * 60


class _Plain:
    """What is signed is text already."""

    def dumps(self, value: str) -> bytes:
        return value.encode("ascii")

    def loads(self, value: bytes) -> str:
        return value.decode("ascii")


class SessionCookies:
    """Sets, reads and takes away the cookie."""

    def __init__(self, settings: Settings) -> None:
        self._signer = SignedSerializer(
            settings["houston.session.secret"], "houston.session", "sha256", serializer=_Plain()
        )
        self._lifetime: int = settings["houston.session.lifetime"]
        self._secure: bool = settings["houston.cookies.secure"]

    def secret_of(self, request: Request) -> str | None:
        """The secret in the request's cookie; None without one, or with one not signed by us.

        A cookie that is used after a day is set anew, so that it lasts as long as its session.
        """
        value: str | None = request.cookies.get(NAME)
        if not value:
            return None
        try:
            text: str = self._signer.loads(value.encode("utf-8", "replace"))
        except ValueError:
            return None
        secret, _, made = text.partition(".")
        if time() - int(made) > RENEWED_AFTER_SECONDS:
            request.add_response_callback(partial(self._renew, secret))
        return secret

    def put(self, response: Response, secret: str) -> None:
        """Set the cookie; it lasts as long as an unused session."""
        signed = self._signer.dumps(f"{secret}.{int(time())}")
        self._set(response, signed.decode("ascii"), self._lifetime)

    def _renew(self, secret: str, _request: Request, response: Response) -> None:
        # Signing out has the last word.
        if "Set-Cookie" not in response.headers:
            self.put(response, secret)

    def take_away(self, response: Response) -> None:
        """Make the browser forget the cookie."""
        self._set(response, "", 0)

    def _set(self, response: Response, value: str, max_age: int) -> None:
        attributes: dict[str, Any] = {"httponly": True, "samesite": "Lax", "secure": self._secure}
        response.set_cookie(NAME, value, max_age=max_age, path="/", **attributes)
