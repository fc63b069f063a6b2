"""Allowances: so many requests in so much time, per caller and operation.

Which operation has a limit is a setting (`houston.limits`); the counting is done by the `limits`
library, in memory or, when many processes must share the counts, in Redis.
"""

from collections.abc import Mapping
from math import ceil
from time import time
from typing import Any

from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter
from pyramid.request import Request

from houston.core.errors import TooManyRequests
from houston.core.events import session_info
from houston.core.settings import Settings

LIMITER_KEY = "houston.limiter"
LIMITS_KEY = "houston.limits"


class RateLimit:
    """Counts the uses of one allowance by key."""

    def __init__(self, limiter: FixedWindowRateLimiter, item: RateLimitItem, name: str) -> None:
        self._limiter, self._item, self._name = limiter, item, name

    def hit(self, *keys: str) -> None:
        """Count one use; raises TooManyRequests when the allowance is used up."""
        if not self._limiter.hit(self._item, self._name, *keys):
            raise TooManyRequests(self._retry_after(*keys))

    def check(self, *keys: str) -> None:
        """Raise TooManyRequests when the allowance is used up, without using it."""
        if not self._limiter.test(self._item, self._name, *keys):
            raise TooManyRequests(self._retry_after(*keys))

    def clear(self, *keys: str) -> None:
        """Give the whole allowance back."""
        self._limiter.clear(self._item, self._name, *keys)

    def _retry_after(self, *keys: str) -> int:
        window = self._limiter.get_window_stats(self._item, self._name, *keys)
        return max(1, ceil(window.reset_time - time()))


def throttle(registry: Any, name: str, allowance: str) -> RateLimit:
    """The allowance `name`, written as `10/5minutes`, on the application's storage."""
    return RateLimit(registry[LIMITER_KEY], parse(allowance), name)


def check_limit(request: Request, operation: str) -> None:
    """Count this request against the limit of its operation, where there is one."""
    limits: Mapping[str, RateLimit] = request.registry[LIMITS_KEY]
    if limits and operation in limits:
        limits[operation].hit(caller_key(request))


def caller_key(request: Request) -> str:
    """Who the allowance belongs to: the account, or the address of an anonymous caller."""
    address: str = request.address
    return request.authenticated_userid or address


def includeme(config: Any) -> None:
    """Make the limiter and the allowances that the settings declare."""
    settings: Settings = config.registry["houston.settings"]
    storage = storage_from_string(settings["houston.throttle.storage"])
    config.registry[LIMITER_KEY] = FixedWindowRateLimiter(storage)
    config.registry[LIMITS_KEY] = {
        operation: throttle(config.registry, operation, allowance)
        for operation, allowance in settings["houston.limits"].items()
    }
    session_info(config.registry)["sign_in_throttle"] = throttle(
        config.registry, "sign_in", settings["houston.throttle.sign_in"]
    )
