"""The recording of faults: refused changes, and errors of the server.

A fault is written after the session of the request has ended. It has the place and the reason, and
never the input. Rate limits, for each caller and for all of them, bound the size of the table.
"""

import logging
from functools import partial
from typing import Any

from pyramid.request import Request
from pyramid.response import Response

from houston.core.actors import Actor
from houston.core.db import SAFE_METHODS
from houston.core.db.session import Database
from houston.core.errors import TooManyRequests
from houston.core.http.request import Handler
from houston.core.security.rate_limits import RateLimits
from houston.core.services import services_of
from houston.modules.audit_logs.models import AuditLog, AuditType
from houston.modules.audit_logs.recorder import columns_of, shortened

logger = logging.getLogger(__name__)

REFUSALS = frozenset({409, 422})
MAX_FIELDS = 20


def tween_factory(handler: Handler, registry: Any) -> Handler:
    """Return the tween around the transaction that records the faults of responses."""
    services = services_of(registry)
    limit_of_one = services[RateLimits].make("faults", "30/minute")
    limit_of_all = services[RateLimits].make("all_faults", "1000/hour")

    def tween(request: Request) -> Response:
        response = handler(request)
        if response.status_int >= 409 and (kind := _fault_type(request, response)):
            request.add_finished_callback(partial(record, response=response, kind=kind))
        return response

    def record(request: Request, response: Response, kind: AuditType) -> None:
        """Write a fault, unless a rate limit is reached; a failure to do so is only logged."""
        try:
            actor: Actor = request.actor
            limit_of_one.hit(str(actor.guid or actor.address))
            limit_of_all.hit()
            message = shortened(_message(request, response))
            with services[Database].transaction() as db:
                db.add(AuditLog(audit_type=kind, message=message, **columns_of(actor)))
        except TooManyRequests:
            pass
        except Exception:
            logger.exception("a fault could not be recorded")

    return tween


def _fault_type(request: Request, response: Response) -> AuditType | None:
    """Return the type of the fault of a response; None if there is none to record."""
    if response.status_int == 500:
        return AuditType.HOUSTON_FAULT
    if response.status_int in REFUSALS and request.method not in SAFE_METHODS:
        return AuditType.FRONT_END_FAULT
    return None


def _message(request: Request, response: Response) -> str:
    """Return the reason and the route; the path itself may contain secrets."""
    failed = response.status_int == 500
    reason = type(request.exception).__name__ if failed else _reason(response)
    pattern = request.matched_route.pattern if request.matched_route else "unknown"
    return f"Failed: {reason} {response.status_int} ({request.method} {pattern})"


def _reason(response: Response) -> str:
    """Return the message of an error with the names of the refused fields."""
    if response.content_type != "application/json":
        return str(response.status)
    error = response.json_body
    fields = ", ".join(sorted(error.get("messages", ()))[:MAX_FIELDS])
    return f"{error['message']} [{fields}]" if fields else str(error["message"])
