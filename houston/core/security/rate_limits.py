"""Rate limits: the number of requests in a period, for each caller and operation.

Which operation has a limit is a setting (`houston.limits`); the counting is done by the `limits`
library, in memory or, when many processes must share the counts, in Redis.
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
        """Count one use.

        Raises:
            TooManyRequests: The limit is reached.
        """
        if not self._limiter.hit(self._item, self._name, *keys):
            raise TooManyRequests(self._retry_after(*keys))

    def _retry_after(self, *keys: str) -> int:
        window = self._limiter.get_window_stats(self._item, self._name, *keys)
        return max(1, ceil(window.reset_time - time()))


class RateLimits:
    """The rate limits of one application.

    Attributes:
        sign_in: The limit of failed sign-ins.
    """

    def __init__(self, settings: Settings) -> None:
        storage = storage_from_string(
            settings["houston.limits.storage"],
            wrap_exceptions=True,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
        )
        self.limiter = FixedWindowRateLimiter(storage)
        self.sign_in = SignInLimit(self.limiter, parse(settings["houston.limits.sign_in"]))
        self._operations = {
            operation: self.make(operation, limit)
            for operation, limit in settings["houston.limits"].items()
        }

    def make(self, name: str, limit: str) -> RateLimit:
        """The limit `name`, written as `10/5minutes`."""
        return RateLimit(self.limiter, parse(limit), name)

    def check_operation(self, request: Request, operation: str) -> None:
        """Count this request against the limit of its operation, where there is one.

        Raises:
            TooManyRequests: The caller has reached the limit.
        """
        if operation in self._operations:
            caller = request.authenticated_userid or network_of(request.address)
            self._operations[operation].hit(caller)


def includeme(config: Any) -> None:
    """Make the rate limits that the settings declare."""
    services = services_of(config)
    services.add(RateLimits(services[Settings]))
