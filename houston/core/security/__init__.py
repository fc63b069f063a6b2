"""Who is calling, what he may do, and how often."""

from typing import Any


def includeme(config: Any) -> None:
    """Set the policy and the allowances."""
    config.include("houston.core.security.policy")
    config.include("houston.core.security.rate_limits")
