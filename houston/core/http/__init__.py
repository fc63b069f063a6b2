"""The tweens of all requests, the views of exceptions, and those of the monitoring.

From the outside in: the access log (request id, log line, metrics), the headers (CORS, security),
the checks of `sanity`, and then Pyramid's exception views and the transaction.
"""

from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pyramid.request import Request
from pyramid.response import Response
from pyramid.tweens import EXCVIEW, INGRESS
from sqlalchemy import text

from houston.core.http.tweens import BodyLimits, ExposedHeaders, SecretPaths
from houston.core.services import services_of
from houston.core.settings import Settings


def heartbeat(_request: Request) -> dict[str, str]:
    """Answer as long as the process runs, whatever the state of the database."""
    return {"status": "alive"}


def readiness(request: Request) -> dict[str, str]:
    """Answer when the database does; the exception view sends 503 otherwise."""
    request.db.execute(text("SELECT 1"))
    return {"status": "ready"}


def metrics(_request: Request) -> Response:
    """The metrics of this process in the text format of Prometheus."""
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def includeme(config: Any) -> None:
    """Put the tweens in their order, and register the exception views and the monitoring."""
    services = services_of(config)
    services.add(SecretPaths())
    services.add(BodyLimits())
    services.add(ExposedHeaders())
    above = INGRESS
    for name in ("access_log", "headers", "sanity"):
        tween = f"houston.core.http.tweens.{name}"
        config.add_tween(tween, under=above, over=EXCVIEW)
        above = tween
    config.include("houston.core.http.exception_views")
    views = [heartbeat, readiness, *([metrics] if services[Settings]["houston.metrics"] else [])]
    for view in views:
        config.add_route(view.__name__, f"/{view.__name__}", request_method="GET")
        config.add_view(view, route_name=view.__name__, renderer="json")
