"""Security: identities, permissions, and rate limits."""

from typing import Any


def includeme(config: Any) -> None:
    """Set the security policy and the rate limits."""
    config.include("houston.core.security.policy")
    config.include("houston.core.security.rate_limits")
