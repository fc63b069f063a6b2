"""The errors of the API.

Services raise them and `houston.core.http.exception_views` renders them. Each has a status, a
sentence for people and, if the input is not valid, messages by field.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar, TypeVar

from houston.core.values import TextEnum, shortened

Error = TypeVar("Error", bound="ApiError")
Messages = Mapping[str, Sequence[str]]
MAX_MESSAGES = 50
MAX_MESSAGE_LENGTH = 1000


def bounded(messages: Messages) -> dict[str, list[str]]:
    """The first 50 messages by field, of at most 1000 characters, and how many more there are.

    >>> bounded({"a": ["Wrong."]})
    {'a': ['Wrong.']}
    """
    found: dict[str, list[str]] = {}
    every = [(field, text) for field, texts in messages.items() for text in texts]
    for field, text in every[:MAX_MESSAGES]:
        found.setdefault(field, []).append(shortened(text, MAX_MESSAGE_LENGTH))
    if left := len(every[MAX_MESSAGES:]):
        found.setdefault("_schema", []).append(f"and {left} more")
    return found


def summary(messages: Messages, *, with_field: bool = False) -> str:
    """One sentence about all messages, for clients that show one only.

    >>> summary({"email": ["Not an address."], "_schema": ["Wrong."]}, with_field=True)
    '2 faults; the first: email: Not an address.'
    """
    field, first = next((field, text) for field, texts in messages.items() for text in texts)
    if with_field and field != "_schema":
        first = f"{field}: {first}"
    number = sum(map(len, messages.values()))
    if number == 1:
        return first
    # Schemas stop reading at a number of faults.
    faults = f"{number} faults" if number < MAX_MESSAGES else "Many faults"
    return f"{faults}; the first: {first}"


class Reason(TextEnum):
    """The `reason` of an error, which distinguishes errors of one status for programs."""

    def __init__(self, _value: str, description: str) -> None:
        self.description = description

    NOT_PERMITTED = "not_permitted", "No grant allows the caller this operation on this object."
    INSUFFICIENT_SCOPE = (
        "insufficient_scope",
        "The access token lacks a scope (RFC 6750, section 3.1); the message names it.",
    )
    CROSS_SITE = (
        "cross_site",
        "A page of another site sent a changing request with the session cookie.",
    )


class ApiError(Exception):
    """An error with the response `{"status": …, "message": …}`.

    Attributes:
        members: The schema nodes of the `extra` members that errors of this class may have.

    Args:
        message: The sentence for people; by default the first message, or that of the class.
        messages: The faults of the input by field.
        headers: Further headers of the response.
        reason: The code that distinguishes errors of one status.
        extra: Further members of the body.
    """

    status: int = HTTPStatus.BAD_REQUEST
    message = "The request could not be understood."
    members: ClassVar[tuple[Any, ...]] = ()

    def __init__(
        self,
        message: str | None = None,
        *,
        messages: Messages | None = None,
        headers: Mapping[str, str] | None = None,
        reason: Reason | None = None,
        **extra: Any,
    ) -> None:
        if not message and messages:
            message = summary(messages, with_field=True)
        self.message = message or self.message
        super().__init__(self.message)
        self.messages = messages
        self.headers = dict(headers or {})
        self.extra = extra if reason is None else {"reason": reason.value, **extra}

    @classmethod
    def about(cls: type[Error], field: str, *texts: str, **options: Any) -> Error:
        """The error of one field; the sentence about it, or about all, is the message as well."""
        messages = {field: texts}
        return cls(summary(messages), messages=messages, **options)

    def body(self) -> dict[str, Any]:
        """The body of the response."""
        message = shortened(self.message, MAX_MESSAGE_LENGTH)
        body: dict[str, Any] = {"status": int(self.status), "message": message}
        if self.messages:
            body["messages"] = bounded(self.messages)
        return body | self.extra


class BadRequest(ApiError):
    """The request itself is malformed."""


class Unauthenticated(ApiError):
    """The request has no credential, or one that is not valid (any more)."""

    status = HTTPStatus.UNAUTHORIZED
    message = "Sign in, or send a valid access token, to use this address."


class Forbidden(ApiError):
    """The caller is known and may not do this."""

    status = HTTPStatus.FORBIDDEN
    message = "You don't have the permission to access the requested resource."


class NotFound(ApiError):
    """There is nothing at this address."""

    status = HTTPStatus.NOT_FOUND
    message = "There is nothing at this address."


class MethodNotAllowed(ApiError):
    """The address exists and does not have this method."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    message = "The method is not allowed for this address."


class NotAcceptable(ApiError):
    """The caller accepts no content type that the operation produces."""

    status = HTTPStatus.NOT_ACCEPTABLE
    message = "This address answers with application/json only."


class Conflict(ApiError):
    """The change contradicts what is stored."""

    status = HTTPStatus.CONFLICT
    message = "The change contradicts what is stored."


class PreconditionFailed(ApiError):
    """The object has changed since the caller has read it, by `If-Match`."""

    status = HTTPStatus.PRECONDITION_FAILED
    message = "The object has changed since you read it: read it again."


class ContentTooLarge(ApiError):
    """The body is larger than the server accepts."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    message = "The body is larger than this server accepts."


class UnsupportedMediaType(ApiError):
    """The body is of a type that this address does not read."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    message = "This address does not read bodies of this content type."


class RangeNotSatisfiable(ApiError):
    """The part that `Range` asks for is beyond the end of the file."""

    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    message = "The file is shorter than the part that was asked for."


class Unprocessable(ApiError):
    """The input is well formed but not valid: `messages` has the faults by field."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = (
        "The request was formatted correctly but contains a semantic error "
        "(check input values and types)."
    )


class TooManyRequests(ApiError):
    """The caller has reached a rate limit; `Retry-After` says when it is reset, in seconds."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    message = "Too many requests: try again after the time in Retry-After."

    def __init__(self, retry_after: int) -> None:
        super().__init__(headers={"Retry-After": str(retry_after)})


class InternalServerError(ApiError):
    """The server failed unexpectedly; its log has the details."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    message = "Something went wrong on the server. It has been logged."


class InsufficientStorage(ApiError):
    """The disk of the server, or the part of it that a site has, is full."""

    status = HTTPStatus.INSUFFICIENT_STORAGE
    message = "There is no room for this file at the moment: try again later."


class Unavailable(ApiError):
    """Something that the server needs is not available at the moment; `Retry-After` has seconds."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    message = "The service is not available at the moment: try again soon."

    def __init__(self, message: str | None = None, **options: Any) -> None:
        super().__init__(message, **options)
        self.headers.setdefault("Retry-After", "1")
