"""Exception views: all exceptions become JSON responses."""

import logging
from typing import Any

from limits.errors import StorageError
from pyramid.httpexceptions import (
    HTTPException,
    HTTPForbidden,
    HTTPMethodNotAllowed,
    HTTPNotFound,
)
from pyramid.location import lineage
from pyramid.request import Request
from pyramid.response import Response
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from houston.core import errors
from houston.core.db.conflicts import describe_conflict
from houston.core.json import dumps
from houston.core.security.grants import roles_with
from houston.core.security.permissions import Permission
from houston.core.security.policy import ScopeDenied
from houston.core.tree import FieldForbidden, Item, grants_along

log = logging.getLogger(__name__)

CHALLENGE = 'Bearer realm="houston"'


def error_response(request: Request, error: errors.ApiError) -> Response:
    """The response of an error."""
    body = error.body()
    request_id = request.environ.get("houston.request_id")
    if request_id:
        body["request_id"] = request_id
    response = Response(
        dumps(body), status=int(error.status), content_type="application/json", charset=None
    )
    response.headers.update(error.headers)
    response.cache_control = "no-store"
    return response


def api_error(error: errors.ApiError, request: Request) -> Response:
    """Respond to an error of the API."""
    if isinstance(error, errors.Unauthenticated):
        error.headers.setdefault("WWW-Authenticate", CHALLENGE)
    return error_response(request, error)


def forbidden(refusal: HTTPForbidden, request: Request) -> Response:
    """Respond to a caller without an identity (401), a scope or a grant (403)."""
    if request.authenticated_userid is None:
        return api_error(errors.Unauthenticated(), request)
    result = getattr(refusal, "result", None)
    if isinstance(result, ScopeDenied):
        challenge = f'{CHALLENGE}, error="insufficient_scope", scope="{result.scope}"'
        return api_error(
            errors.Forbidden(
                f"Your access token lacks the scope {result.scope}.",
                headers={"WWW-Authenticate": challenge},
                reason=errors.Reason.INSUFFICIENT_SCOPE,
            ),
            request,
        )
    return api_error(
        errors.Forbidden(_refusal(result), reason=errors.Reason.NOT_PERMITTED), request
    )


def field_forbidden(refusal: FieldForbidden, request: Request) -> Response:
    """Respond with the field and the roles that may set it."""
    text = f"You do not have permission to set {refusal.field}. {_needed(refusal.result)}"
    messages = {refusal.field: [text]}
    reason = errors.Reason.NOT_PERMITTED
    return api_error(errors.Forbidden(text, messages=messages, reason=reason), request)


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


def not_found(_error: HTTPNotFound, request: Request) -> Response:
    """There is nothing at this address."""
    return error_response(request, errors.NotFound())


def method_not_allowed(error: HTTPMethodNotAllowed, request: Request) -> Response:
    """The address exists, and `Allow` lists its methods."""
    return error_response(
        request, errors.MethodNotAllowed(headers={"Allow": ", ".join(sorted(error.allow or ()))})
    )


def other_http_exception(error: HTTPException, request: Request) -> Response:
    """Render the other exceptions of Pyramid; redirects are responses already."""
    if error.status_code < 400:
        return error
    known = errors.ApiError(error.explanation or error.title)
    known.status = error.status_code
    return error_response(request, known)


def integrity_error(error: IntegrityError, request: Request) -> Response:
    """A constraint of the database refused the change."""
    return error_response(request, describe_conflict(error))


def stale_data(_error: StaleDataError, request: Request) -> Response:
    """Another request has changed or deleted the row."""
    return error_response(
        request, errors.Conflict("The object was changed by another request at the same time.")
    )


def unavailable(error: Exception, request: Request) -> Response:
    """The database, or the storage of the rate limits, cannot be reached or is too busy."""
    log.error("the database or Redis does not answer", exc_info=error)
    return error_response(request, errors.Unavailable(headers={"Retry-After": "1"}))


def unexpected(error: Exception, request: Request) -> Response:
    """Log an error of the program, and respond without details."""
    log.error("unexpected error", exc_info=error)
    return error_response(request, errors.InternalServerError())


VIEWS: tuple[tuple[type[Exception], Any], ...] = (
    (errors.ApiError, api_error),
    (FieldForbidden, field_forbidden),
    (HTTPForbidden, forbidden),
    (HTTPNotFound, not_found),
    (HTTPMethodNotAllowed, method_not_allowed),
    (HTTPException, other_http_exception),
    (IntegrityError, integrity_error),
    (StaleDataError, stale_data),
    (OperationalError, unavailable),
    (StorageError, unavailable),
    (Exception, unexpected),
)


def includeme(config: Any) -> None:
    """Register the exception views."""
    for exception, view in VIEWS:
        config.add_exception_view(view, context=exception)
