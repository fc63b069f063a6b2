"""The limit of failed sign-ins: a delay that grows with each failure.

It is counted for an account together with a network, so that nobody can lock out the others behind
an address, or an account by its name. The right password is always accepted from a browser in which
the account has signed in before, unless that browser has failed too often itself.
"""

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from time import time
from typing import NamedTuple

from limits import RateLimitItem, parse
from limits.strategies import FixedWindowRateLimiter

from houston.core.errors import TooManyRequests
from houston.core.security.grants import Identity
from houston.core.security.secrets import digest_of

FIRST_DELAY_SECONDS = 10
LONGEST_DELAY_SECONDS = 15 * 60
FAILURES_OF_DEVICE = parse("100/day")
"""The failures after which a browser counts as an unknown one (NIST SP 800-63B, section 5.2.2)."""
BUCKET = 4
"""The digits of the digest of an unknown name: invented names share 65,536 counts."""
IPV6_PREFIX = 64
"""The bits of an IPv6 address that a provider assigns; the rest is the choice of one subscriber."""


class Place(NamedTuple):
    """The place that somebody signs in from.

    Attributes:
        network: The network, by `network_of`.
        device: The id of the browser; empty for an unknown one.
        accounts: The ids of the accounts that have signed in there before.
    """

    network: str
    device: str = ""
    accounts: frozenset[int] = frozenset()


class SignInLimit:
    """Counts failed sign-ins; `StorageError` is raised where Redis does not answer.

    Args:
        limiter: The limiter, in whose storage they are counted.
        item: The failures without a delay, and how long failures are counted.
    """

    def __init__(self, limiter: FixedWindowRateLimiter, item: RateLimitItem) -> None:
        self._limiter, self._storage, self._item = limiter, limiter.storage, item

    def verify(
        self, account: int | None, name: str, place: Place, verify: Callable[[], bool]
    ) -> bool:
        """Return whether a password is right.

        Args:
            account: The id of the account; None for an unknown name.
            name: The name that was given, which counts instead of an unknown account.
            place: The place of the caller.
            verify: Verifies the password.

        Raises:
            TooManyRequests: The caller has to wait, and the password is wrong or is not verified.
        """
        subject = f"name {digest_of(name)[:BUCKET]}" if account is None else str(account)
        key = f"sign_in/{subject}/{place.network}"
        seconds = self._remaining(key)
        known = account in place.accounts
        if seconds and not (known and self._limiter.test(FAILURES_OF_DEVICE, place.device)):
            raise TooManyRequests(seconds)
        # Counted before, since simultaneous guesses would otherwise not see each other.
        self._count(key)
        if verify():
            self._storage.clear(key)
            self._storage.clear(_delay(key))
            return True
        if known:
            self._limiter.hit(FAILURES_OF_DEVICE, place.device)
        if seconds:
            raise TooManyRequests(seconds)
        return False

    def _remaining(self, key: str) -> int:
        """The seconds to wait; 0 without a delay."""
        if not self._storage.get(_delay(key)):
            return 0
        return max(1, ceil(self._storage.get_expiry(_delay(key)) - time()))

    def _count(self, key: str) -> None:
        further = self._storage.incr(key, self._item.get_expiry()) - self._item.amount
        if further >= 0:
            seconds = FIRST_DELAY_SECONDS * 2 ** min(further, 10)
            self._storage.incr(_delay(key), min(seconds, LONGEST_DELAY_SECONDS))


def place_of_caller(caller: Identity, address: str) -> Place:
    """The place of a caller; the account has signed in before where it has a browser session."""
    network = network_of(address)
    if caller.carrier != "cookie":
        return Place(network)
    return Place(network, str(caller.credential), frozenset({caller.account.id}))


def network_of(address: str) -> str:
    """The network of an address: that of 64 bits for IPv6, else the address itself.

    >>> network_of("2001:db8::1"), network_of("::ffff:192.0.2.1"), network_of("unknown")
    ('2001:db8::/64', '192.0.2.1', 'unknown')
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed.packed, IPV6_PREFIX), strict=False))


def _delay(key: str) -> str:
    """The key that is stored as long as a delay lasts."""
    return f"{key}/delay"
