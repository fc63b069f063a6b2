"""Exception views: all exceptions become JSON responses."""

import logging
from collections.abc import Callable
from typing import Any

from limits.errors import StorageError
from pyramid import httpexceptions as http
from pyramid.location import lineage
from pyramid.request import Request
from pyramid.response import Response
from sqlalchemy.exc import (
    DataError,
    DisconnectionError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    TimeoutError,
)
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError

from houston.core import errors
from houston.core.db.models import describe_conflict
from houston.core.db.refusals import describe_refusal
from houston.core.json import dumps
from houston.core.security import ScopeDenied
from houston.core.security.grants import Permission, roles_with
from houston.core.tree import FieldForbidden, Item, grants_along

log = logging.getLogger(__name__)

CHALLENGE = 'Bearer realm="houston"'
CHANGED_MEANWHILE = "The object was changed by another request at the same time."


def api_error(error: errors.ApiError, request: Request) -> Response:
    """The response of an error."""
    body = error.body()
    if request_id := request.environ.get("houston.request_id"):
        body["request_id"] = request_id
    response = Response(
        dumps(body), status=int(error.status), content_type="application/json", charset=None
    )
    response.headers.update(error.headers)
    if isinstance(error, errors.Unauthenticated):
        response.headers.setdefault("WWW-Authenticate", CHALLENGE)
    response.cache_control = "no-store"
    return response


def _forbidden(refusal: http.HTTPForbidden, request: Request) -> errors.ApiError:
    """The error of a caller without an identity (401), a scope or a grant (403)."""
    if request.authenticated_userid is None:
        return errors.Unauthenticated()
    result = getattr(refusal, "result", None)
    if isinstance(result, ScopeDenied):
        challenge = f'{CHALLENGE}, error="insufficient_scope", scope="{result.scope}"'
        return errors.Forbidden(
            _needed(result),
            headers={"WWW-Authenticate": challenge},
            reason=errors.Reason.INSUFFICIENT_SCOPE,
        )
    return errors.Forbidden(_refusal(result), reason=errors.Reason.NOT_PERMITTED)


def _field_forbidden(refusal: FieldForbidden, _request: Request) -> errors.ApiError:
    text = f"You do not have permission to set {refusal.field}. {_needed(refusal.result)}"
    messages = {refusal.field: [text]}
    return errors.Forbidden(text, messages=messages, reason=errors.Reason.NOT_PERMITTED)


def _refusal(result: Any) -> str | None:
    """The message of a refusal by the grants of an object; None for other resources."""
    context = getattr(result, "context", None)
    if not isinstance(context, Item) or not hasattr(context.row, "guid"):
        return None
    verb = "view" if result.permission is Permission.READ else "edit"
    row = f"{type(context.row).__name__} {context.row.guid}"
    return f"You do not have permission to {verb} {row}. {_needed(result)}"


def _needed(result: Any) -> str:
    """The roles that have the permission, or the scope that the token lacks."""
    if isinstance(result, ScopeDenied):
        return f"Your access token lacks the scope {result.scope}."
    roles = roles_with(grants_along(lineage(result.context)), result.permission)
    listed = "; ".join(role.description for role in roles)
    return f"To do this, you need to be one of: {listed}."


def _method_not_allowed(error: http.HTTPMethodNotAllowed, _request: Request) -> errors.ApiError:
    return errors.MethodNotAllowed(headers={"Allow": ", ".join(sorted(error.allow or ()))})


def _other_http_exception(error: http.HTTPException, _request: Request) -> errors.ApiError:
    known = errors.ApiError(error.explanation or error.title)
    known.status = error.status_code
    return known


def _unavailable(error: Exception, _request: Request) -> errors.ApiError:
    log.error("the database or Redis does not answer", exc_info=error)
    return errors.Unavailable()


def _unexpected(error: Exception, _request: Request) -> errors.ApiError:
    """The error of a fault of the program, whose details are only logged."""
    log.error("unexpected error", exc_info=error)
    return errors.InternalServerError()


ERRORS: dict[type[Exception], Callable[[Any, Request], errors.ApiError]] = {
    errors.ApiError: lambda error, _: error,
    FieldForbidden: _field_forbidden,
    http.HTTPForbidden: _forbidden,
    http.HTTPNotFound: lambda *_: errors.NotFound(),
    http.HTTPMethodNotAllowed: _method_not_allowed,
    http.HTTPException: _other_http_exception,
    IntegrityError: lambda error, _: describe_conflict(error),
    ObjectDeletedError: lambda *_: errors.Conflict(CHANGED_MEANWHILE),
    StaleDataError: lambda *_: errors.Conflict(CHANGED_MEANWHILE),
    DataError: lambda error, _: describe_refusal(error),
    **dict.fromkeys(
        (OperationalError, InterfaceError, InternalError, DisconnectionError, TimeoutError),
        _unavailable,
    ),
    StorageError: _unavailable,
    Exception: _unexpected,
}


def _view_of(error_of: Callable[[Any, Request], errors.ApiError]) -> Any:
    return lambda exception, request: api_error(error_of(exception, request), request)


def includeme(config: Any) -> None:
    """Register the exception views."""
    for exception, error_of in ERRORS.items():
        config.add_exception_view(_view_of(error_of), context=exception)
    # Redirects are responses already.
    config.add_exception_view(lambda redirect, _request: redirect, context=http.HTTPRedirection)
