"""Monitoring: whether the process is alive and ready, and its metrics."""

from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pyramid.request import Request
from pyramid.response import Response
from sqlalchemy import text

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
    """Register the three addresses, that of the metrics if the settings enable it."""
    settings = services_of(config)[Settings]
    views: list[tuple[Any, dict[str, str]]] = [
        (heartbeat, {"renderer": "json"}),
        (readiness, {"renderer": "json"}),
    ]
    if settings["houston.metrics"]:
        views.append((metrics, {}))
    for view, options in views:
        config.add_route(view.__name__, f"/{view.__name__}", request_method="GET")
        config.add_view(view, route_name=view.__name__, **options)
