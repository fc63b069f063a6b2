"""The connection to Sage: its requests, their timeouts and their repetition."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from time import sleep
from typing import Any, BinaryIO

import httpx

from houston.core.http_client import read_body
from houston.core.settings import SettingsError
from houston.modules.image_analysis.interface import Refused, Unreachable
from houston.modules.image_analysis.sage.responses import failure_message, read_payload

log = logging.getLogger(__name__)

PAUSES = (0.5, 2.0)
"""Seconds to wait before each repetition."""

TIMEOUT = httpx.Timeout(30.0, connect=5.0)
BRIEF_TIMEOUT = httpx.Timeout(5.0)
LONGEST_ANSWER_SECONDS = 120.0
LARGEST_ANSWER = 64 * 2**20

TEMPORARY = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)
"""Statuses below 500 after which a later attempt may succeed."""


class Connection:
    """Sends requests to a Sage, with the credentials of its address if there are any.

    All methods raise Unreachable for what may be temporary: no connection, no answer in time, a
    status of 500 or above. They raise Refused for every other answer that is not good.

    Args:
        url: The address of Sage, by http or https.
        pauses: The seconds before each repetition of a request.

    Raises:
        SettingsError: The address is not valid.
    """

    def __init__(self, url: str, *, pauses: Sequence[float] = PAUSES) -> None:
        parsed = _parse(url)
        self.address = str(parsed.copy_with(userinfo=b"")).rstrip("/")
        self._pauses = pauses
        self._has_credentials = bool(parsed.userinfo)
        self._client = httpx.Client(
            base_url=f"{self.address}/api/",
            auth=(parsed.username, parsed.password) if self._has_credentials else None,
            headers={"User-Agent": "Houston"},
            timeout=TIMEOUT,
        )

    def close(self) -> None:
        """Close the sockets."""
        self._client.close()

    def get(self, path: str, parameters: Mapping[str, str] | None = None) -> Any:
        """Return the payload at an address; repeat the request if that may help."""
        return read_payload(self.fetch(path, parameters))

    def fetch(self, path: str, parameters: Mapping[str, str] | None = None) -> bytes:
        """Return the bytes at an address; repeat the request if that may help."""
        return self._repeat("GET", path, params=parameters)

    def get_once(self, path: str) -> Any:
        """Return the payload at an address for a user who waits, with one short attempt."""
        return read_payload(self._send("GET", path, timeout=BRIEF_TIMEOUT))

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Send an idempotent request; repeat it if that may help."""
        return read_payload(self._repeat("POST", path, json=body))

    def upload(self, path: str, name: str, file: BinaryIO, mime_type: str) -> Any:
        """Send an image as a file of a form; repeat the request if that may help."""
        # httpx rewinds the file for each request.
        return read_payload(self._repeat("POST", path, files={"image": (name, file, mime_type)}))

    def post_once(self, path: str, body: Mapping[str, Any]) -> Any:
        """Send a request that must not be repeated: it may succeed although no answer comes."""
        return read_payload(self._send("POST", path, json=body))

    def _repeat(self, method: str, path: str, **options: Any) -> bytes:
        for pause in self._pauses:
            try:
                return self._send(method, path, **options)
            except Unreachable:
                sleep(pause)
        return self._send(method, path, **options)

    def _send(self, method: str, path: str, **options: Any) -> bytes:
        """Send a request, and again without cookies where the session has ended."""
        status, content = self._exchange(self._client.build_request(method, path, **options))
        if status == HTTPStatus.UNAUTHORIZED and self._has_credentials:
            self._client.cookies.clear()
            status, content = self._exchange(self._client.build_request(method, path, **options))
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
        return read_body(response, largest=LARGEST_ANSWER, seconds=LONGEST_ANSWER_SECONDS)
    except ValueError:
        raise Refused("The answer of the image analysis is too large.") from None
    except TimeoutError:
        raise Unreachable("The image analysis takes too long to answer.") from None


def _failure(status: int, content: bytes) -> Refused | Unreachable:
    text = f"The image analysis answers with status {status}{failure_message(content)}"
    return Unreachable(text) if status >= 500 or status in TEMPORARY else Refused(text)
