"""The tweens of all requests, and the views of exceptions.

From the outside in: the access log (request id, log line, metrics), the headers (CORS, security),
the checks of `sanity`, and then Pyramid's exception views and the transaction.
"""

from typing import Any

from pyramid.tweens import EXCVIEW, INGRESS

from houston.core.http.access_log import SecretPaths
from houston.core.http.headers import ExposedHeaders
from houston.core.http.sanity import BodyLimits
from houston.core.services import services_of

TWEENS = (
    "houston.core.http.access_log.tween_factory",
    "houston.core.http.headers.tween_factory",
    "houston.core.http.sanity.tween_factory",
)


def includeme(config: Any) -> None:
    """Put the tweens in their order and register the exception views."""
    services_of(config).add(SecretPaths())
    services_of(config).add(BodyLimits())
    services_of(config).add(ExposedHeaders())
    above = INGRESS
    for tween in TWEENS:
        config.add_tween(tween, under=above, over=EXCVIEW)
        above = tween
    config.include("houston.core.http.exception_views")
    config.include("houston.core.http.monitoring")
