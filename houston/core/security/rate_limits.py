"""Rate limits: the number of requests in a period, for each caller and operation.

Which operation has a limit is a setting (`houston.limits`), as is that of all others; the counting
is done by the `limits` library, in memory or, when many processes must share the counts, in Redis.
"""

from math import ceil
from time import time
from typing import Any

from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter
from pyramid.request import Request

from houston.core.errors import TooManyRequests
from houston.core.security.sign_in import SignInLimit, network_of
from houston.core.services import services_of
from houston.core.settings import Settings

TIMEOUT_SECONDS = 2
"""The time that Redis has to answer; a request waits for it."""


class RateLimit:
    """Counts the uses of one limit by key; `StorageError` is raised where Redis does not answer."""

    def __init__(self, limiter: FixedWindowRateLimiter, item: RateLimitItem, name: str) -> None:
        self._limiter, self._item, self._name = limiter, item, name

    def hit(self, *keys: str) -> None:
        """Count one use; at the limit, TooManyRequests is raised instead."""
        if not self._limiter.hit(self._item, self._name, *keys):
            raise self._refusal(*keys)

    def check(self, *keys: str) -> None:
        """Raise TooManyRequests at the limit, without counting a use."""
        if not self._limiter.test(self._item, self._name, *keys):
            raise self._refusal(*keys)

    def _refusal(self, *keys: str) -> TooManyRequests:
        window = self._limiter.get_window_stats(self._item, self._name, *keys)
        return TooManyRequests(max(1, ceil(window.reset_time - time())))


class RateLimits:
    """The rate limits of one application; `sign_in` is the limit of failed sign-ins."""

    def __init__(self, settings: Settings) -> None:
        storage = storage_from_string(
            settings["houston.limits.storage"],
            wrap_exceptions=True,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
        )
        self.limiter = FixedWindowRateLimiter(storage)
        self.sign_in = SignInLimit(self.limiter, parse(settings["houston.limits.sign_in"]))
        default = settings["houston.limits.default"]
        self._default = self.make("default", default) if default else None
        self._operations = {
            operation: self.make(operation, limit)
            for operation, limit in settings["houston.limits"].items()
        }

    def make(self, name: str, limit: str) -> RateLimit:
        """The limit `name`, written as `10/5minutes`."""
        return RateLimit(self.limiter, parse(limit), name)

    def check_operation(self, request: Request, operation: str) -> None:
        """Count this request against the limit of its operation, where there is one."""
        if operation in self._operations:
            self._operations[operation].hit(_caller_of(request))
        elif self._default:
            self._default.hit(operation, _caller_of(request))


def limit_of(settings: Settings, operation: str) -> str | None:
    """Return the rate limit of an operation in the settings, for the documents."""
    limits: dict[str, str] = settings["houston.limits"]
    return limits.get(operation) or settings["houston.limits.default"] or None


def _caller_of(request: Request) -> str:
    caller: str = request.authenticated_userid or network_of(request.address)
    return caller


def includeme(config: Any) -> None:
    """Make the rate limits that the settings declare."""
    services = services_of(config)
    services.add(RateLimits(services[Settings]))
