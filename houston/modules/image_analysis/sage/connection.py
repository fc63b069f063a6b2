"""The connection to Sage: what is sent, how long it is waited for, and when it is sent again."""

import logging
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from time import sleep
from typing import Any, BinaryIO

import httpx

from houston.core.http_client import read_body
from houston.core.settings import SettingsError
from houston.modules.image_analysis.interface import Refused, Unreachable
from houston.modules.image_analysis.sage.replies import complaint_of, payload_of

log = logging.getLogger(__name__)

PAUSES = (0.5, 2.0)
"""Seconds to wait before each repetition."""

TIMEOUT = httpx.Timeout(30.0, connect=5.0)
BRIEF_TIMEOUT = httpx.Timeout(5.0)
LONGEST_REPLY_SECONDS = 120.0
LARGEST_REPLY = 64 * 2**20

PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)
"""Statuses below 500 after which asking again may help."""

Make = Callable[[], httpx.Request]
"""Makes the request anew for each time that it is sent."""


class Connection:
    """Sends requests to one Sage, with the credentials of its address if there are any.

    Raises Unreachable for what may pass: no connection, no answer in time, a status of 500 or
    above. Raises Refused for every other answer that is not good.
    """

    def __init__(self, url: str, *, pauses: Sequence[float] = PAUSES) -> None:
        parsed = _parse(url)
        self.address = str(parsed.copy_with(userinfo=b"")).rstrip("/")
        self._pauses = pauses
        self._signs_in = bool(parsed.userinfo)
        self._client = httpx.Client(
            base_url=f"{self.address}/api/",
            auth=(parsed.username, parsed.password) if self._signs_in else None,
            headers={"User-Agent": "Houston"},
            timeout=TIMEOUT,
        )

    def close(self) -> None:
        """Let go of the sockets."""
        self._client.close()

    def get(self, path: str, parameters: Mapping[str, str] | None = None) -> Any:
        """Read something, repeatedly if need be."""
        return payload_of(self.fetch(path, parameters))

    def fetch(self, path: str, parameters: Mapping[str, str] | None = None) -> bytes:
        """Read the bytes of something, repeatedly if need be."""
        return self._repeat(lambda: self._client.build_request("GET", path, params=parameters))

    def peek(self, path: str) -> Any:
        """Read something for somebody who waits: once, and not for long."""
        request = self._client.build_request("GET", path, timeout=BRIEF_TIMEOUT)
        return payload_of(self._send(lambda: request))

    def tell(self, path: str, body: Mapping[str, Any]) -> Any:
        """Make something known that is the same however often it is told."""
        return payload_of(self._repeat(lambda: self._client.build_request("POST", path, json=body)))

    def upload(self, path: str, name: str, file: BinaryIO, mime_type: str) -> Any:
        """Make a picture known, as a file of a form."""

        def make() -> httpx.Request:
            file.seek(0)
            picture = (name, file, mime_type)
            return self._client.build_request("POST", path, files={"image": picture})

        return payload_of(self._repeat(make))

    def order(self, path: str, body: Mapping[str, Any]) -> Any:
        """Have something begun, once: it may have begun although no answer came."""
        return payload_of(self._send(lambda: self._client.build_request("POST", path, json=body)))

    def _repeat(self, make: Make) -> bytes:
        for pause in self._pauses:
            try:
                return self._send(make)
            except Unreachable:
                sleep(pause)
        return self._send(make)

    def _send(self, make: Make) -> bytes:
        """One exchange, or two where a sign-in is not good any more."""
        status, content = self._exchange(make())
        if status == HTTPStatus.UNAUTHORIZED and self._signs_in:
            self._client.cookies.clear()
            status, content = self._exchange(make())
        if status != HTTPStatus.OK:
            raise _failure(status, content)
        return content

    def _exchange(self, request: httpx.Request) -> tuple[int, bytes]:
        try:
            response = self._client.send(request, stream=True)
            try:
                content = _read(response)
            finally:
                response.close()
        except httpx.HTTPError as error:
            log.warning("%s of %s: %s", request.method, request.url.path, type(error).__name__)
            raise Unreachable("The image analysis does not answer.") from error
        if response.status_code != HTTPStatus.OK:
            log.warning("%s of %s: %s", request.method, request.url.path, response.status_code)
        return response.status_code, content


def _parse(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL()
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.query or parsed.fragment:
        raise SettingsError(
            "houston.image_analysis.url must be sage+http://host:port, without a query."
        )
    return parsed


def _read(response: httpx.Response) -> bytes:
    try:
        return read_body(response, largest=LARGEST_REPLY, seconds=LONGEST_REPLY_SECONDS)
    except ValueError:
        raise Refused("The answer of the image analysis is too large.") from None
    except TimeoutError:
        raise Unreachable("The image analysis takes too long to answer.") from None


def _failure(status: int, content: bytes) -> Refused | Unreachable:
    text = f"The image analysis answers with status {status}{complaint_of(content)}"
    return Unreachable(text) if status >= 500 or status in PASSING else Refused(text)
