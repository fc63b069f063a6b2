"""What goes wrong is remembered, too: refused changes, and errors of the server.

It is written when the request's own session has ended, and says where and why, never
what was sent. There is an allowance for each caller and for all together, so that no flood of them
fills the table.
"""

import logging
from collections.abc import Iterator
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
from houston.modules.audit_logs.changes import shortened
from houston.modules.audit_logs.models import AuditLog, AuditType

log = logging.getLogger(__name__)

REFUSALS = frozenset({409, 422})
FROM_ONE = "30/minute"
FROM_ALL = "1000/hour"


def tween_factory(handler: Handler, registry: Any) -> Handler:
    """The tween around the transaction."""
    faults = Faults(registry)

    def watch(request: Request) -> Response:
        response = handler(request)
        if response.status_int >= 409 and (kind := kind_of(request, response)):
            request.add_finished_callback(partial(faults.remember, response=response, kind=kind))
        return response

    return watch


def kind_of(request: Request, response: Response) -> AuditType | None:
    """Whose fault it is that there is no success, if it is to be remembered."""
    if response.status_int == 500:
        return AuditType.HOUSTON_FAULT
    if response.status_int in REFUSALS and request.method not in SAFE_METHODS:
        return AuditType.FRONT_END_FAULT
    return None


class Faults:
    """The faults of an application, as many as its allowances let in."""

    def __init__(self, registry: Any) -> None:
        services = services_of(registry)
        self._database, limits = services[Database], services[RateLimits]
        self._from_one = limits.make("faults", FROM_ONE)
        self._from_all = limits.make("all_faults", FROM_ALL)

    def remember(self, request: Request, response: Response, kind: AuditType) -> None:
        """Write a fault, unless there were too many; whatever fails here changes no answer."""
        try:
            self._remember(request, response, kind)
        except TooManyRequests:
            return
        except Exception:
            log.exception("a fault could not be remembered")

    def _remember(self, request: Request, response: Response, kind: AuditType) -> None:
        actor: Actor = request.actor
        self._from_one.hit(str(actor.guid or actor.address))
        self._from_all.hit()
        fault = AuditLog(
            audit_type=kind,
            user_email=actor.email,
            user_guid=actor.guid,
            address=actor.address,
            request_id=actor.request_id,
            message=shortened(" ".join(_words(request, response))),
            duration=actor.duration,
        )
        with self._database.transaction() as db:
            db.add(fault)


def _words(request: Request, response: Response) -> Iterator[str]:
    """What was refused and why, and where; the address itself may hold what is secret."""
    route = request.matched_route
    if response.status_int == 500:
        yield f"Failed: {type(request.exception).__name__}"
    else:
        yield f"Failed: {_reason(response)}"
    yield f"{response.status_int} ({request.method} {route.pattern if route else 'unknown'})"


def _reason(response: Response) -> str:
    """The sentence of an error, with the fields that it is about."""
    if response.content_type != "application/json":
        return str(response.status)
    error = response.json_body
    fields = ", ".join(sorted(error.get("messages", ()))[:20])
    return f"{error['message']} [{fields}]" if fields else str(error["message"])
