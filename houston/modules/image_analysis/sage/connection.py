"""The connection to Sage: its requests, their timeouts and their repetition."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from time import sleep
from typing import Any

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

    The methods take the options of `httpx.Client.stream`. They raise Unreachable for what may be
    temporary: no connection, no answer in time, a status of 500 or above. They raise Refused for
    every other answer that is not good.

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

    def ask(self, method: str, path: str, **options: Any) -> Any:
        """Send an idempotent request, again if that may help, and return the payload."""
        return read_payload(self.fetch(method, path, **options))

    def ask_once(self, method: str, path: str, **options: Any) -> Any:
        """Send a request that must not be repeated: it may succeed although no answer comes."""
        return read_payload(self._send(method, path, **options))

    def ask_briefly(self, path: str) -> Any:
        """Return the payload at an address for a user who waits, with one short attempt."""
        return self.ask_once("GET", path, timeout=BRIEF_TIMEOUT)

    def fetch(self, method: str, path: str, **options: Any) -> bytes:
        """Send an idempotent request, again if that may help, and return the bytes."""
        for pause in self._pauses:
            try:
                return self._send(method, path, **options)
            except Unreachable:
                sleep(pause)
        return self._send(method, path, **options)

    def _send(self, method: str, path: str, **options: Any) -> bytes:
        """Send a request, and again without cookies where the session has ended."""
        status, content = self._exchange(method, path, **options)
        if status == HTTPStatus.UNAUTHORIZED and self._has_credentials:
            self._client.cookies.clear()
            status, content = self._exchange(method, path, **options)
        if status == HTTPStatus.OK:
            return content
        text = f"The image analysis answers with status {status}{failure_message(content)}"
        raise Unreachable(text) if status >= 500 or status in TEMPORARY else Refused(text)

    def _exchange(self, method: str, path: str, **options: Any) -> tuple[int, bytes]:
        try:
            with self._client.stream(method, path, **options) as response:
                content = _read(response)
        except httpx.HTTPError as error:
            log.warning("%s of %s: %s", method, path, type(error).__name__)
            raise Unreachable("The image analysis does not answer.") from error
        if response.status_code != HTTPStatus.OK:
            log.warning("%s of %s: %s", method, path, response.status_code)
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
