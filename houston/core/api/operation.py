"""Operations: the declaration from which a method of an address is run and documented."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import getdoc
from typing import Any, NamedTuple

from pyramid.request import Request

from houston.core.api.patch import PatchSchema
from houston.core.errors import ApiError, BadRequest, Messages, Unprocessable
from houston.core.http.request import FORM_TYPES
from houston.core.schema.nodes import Field, Schema
from houston.core.security.grants import Permission
from houston.core.settings import Settings

View = Callable[[Request], Any]

JSON = "application/json"
JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
PATCH_TYPES = (JSON_PATCH, JSON, MERGE_PATCH)
BULK_PATCH_TYPES = (JSON_PATCH, JSON)

MAX_BODY, MAX_BODY_ANONYMOUS = "houston.max_body", "houston.max_body_anonymous"
"""The settings with the sizes of bodies, where an operation does not declare others."""


def malformed(messages: Messages) -> BadRequest:
    """The error of input that is not what the operation reads, where clients expect a 400."""
    return BadRequest(messages=messages)


def unprocessable(messages: Messages) -> Unprocessable:
    """The error of input that is not valid, where the protocol has no other."""
    return Unprocessable(messages=messages)


class PartialView(NamedTuple):
    """An object of which the caller sees the fields of one of `Operation.partial` only."""

    row: Any
    schema: Schema


@dataclass(frozen=True, eq=False)
class Operation:
    """The input, the output and the errors of an operation.

    Attributes:
        method: The HTTP method.
        view: The view; its name is the `operationId`, its docstring the description.
        permission: The permission at the address.
        query: The schema of the query string.
        body: The schema of the body.
        patch: The paths that a PATCH may change.
        returns: The schema of the response. Without it the view returns a response or None; one of
            a single value only documents the JSON that the view returns.
        many: Whether the view returns a list; or, of a patch, whether it changes many objects, of
            which each operation names one by its guid.
        keyed: Whether the view returns a mapping of objects by key.
        paged: Whether the view returns a `Page`.
        exportable: Whether the page has the number of rows that the caller may export.
        partial: The schemas of the responses when the view returns a `PartialView`.
        status: The status of success.
        others: Further statuses of success, with their descriptions.
        errors: The errors besides those that follow from permission, input and path.
        consumes: The content types of the body.
        max_body: The largest body, in bytes, or the name of the setting that has the number.
        max_body_anonymous: The same for callers who are not signed in.
        produces: The content type of the response, or a range such as `image/*`; empty if it has
            headers only.
        request_headers: Headers that the operation reads, with their descriptions.
        response_headers: Headers of the response, with their descriptions.
        deprecated: Whether clients should use another operation.
        raw: Whether the meaning of the input is validated elsewhere, such as by oauthlib: here the
            declared texts are read and their length is checked, and other fields are ignored.
        refusal: Makes the error of input that is not valid, from the messages by field.
        file: Whether the response is sent by `file_response`.
    """

    method: str
    view: View
    permission: Permission
    query: Schema | None = None
    body: Schema | None = None
    patch: PatchSchema | None = None
    returns: Field | None = None
    many: bool = False
    keyed: bool = False
    paged: bool = False
    exportable: bool = False
    partial: tuple[Schema, ...] = ()
    status: int = 200
    errors: tuple[type[ApiError], ...] = ()
    consumes: tuple[str, ...] = ()
    max_body: int | str = MAX_BODY
    max_body_anonymous: int | str = MAX_BODY_ANONYMOUS
    produces: str = JSON
    request_headers: Mapping[str, str] = field(default_factory=dict)
    response_headers: Mapping[str, str] = field(default_factory=dict)
    deprecated: bool = False
    raw: bool = False
    refusal: Callable[[Messages], ApiError] = unprocessable
    others: Mapping[int, str] = field(default_factory=dict)
    file: bool = False

    @property
    def bulk(self) -> bool:
        """Return whether it changes many objects by one patch."""
        return self.patch is not None and self.many

    @property
    def renders_one(self) -> bool:
        """Return whether the response is one object of a schema."""
        several = self.many or self.keyed or self.paged
        return isinstance(self.returns, Schema) and not (several or self.raw)

    @property
    def represents(self) -> bool:
        """Return whether it reads the object at its address, which has an entity tag."""
        return self.method == "GET" and self.renders_one

    @property
    def conditional(self) -> bool:
        """Return whether `If-Match` is evaluated."""
        return self.method in ("PATCH", "DELETE") and not (self.bulk or self.raw)

    def body_limits(self, settings: Settings) -> tuple[int, int]:
        """The largest body of a caller, and that of one who is not signed in, in bytes."""
        whole, anonymous = (
            settings[limit] if isinstance(limit, str) else limit
            for limit in (self.max_body, self.max_body_anonymous)
        )
        return whole, min(whole, anonymous)

    @property
    def has_own_limits(self) -> bool:
        """Return whether its bodies have other limits than those of most operations."""
        return (self.max_body, self.max_body_anonymous) != (MAX_BODY, MAX_BODY_ANONYMOUS)

    @property
    def acceptable(self) -> tuple[str, ...]:
        """The content types of which the caller must accept one; none if there is no rule."""
        if not self.produces or "*" in self.produces:
            return ()
        # Generated clients ask for the type of the errors where there are two.
        return tuple(dict.fromkeys((self.produces, JSON)))

    @property
    def is_typed(self) -> bool:
        """Return whether bodies of other content types than `consumes` are refused."""
        reads = self.body is not None or self.patch is not None
        return bool(self.consumes) and reads and not self.raw

    @property
    def takes_bytes(self) -> bool:
        """Return whether its body is neither JSON nor a form."""
        return bool(self.consumes) and not {JSON, *FORM_TYPES}.intersection(self.consumes)

    @property
    def name(self) -> str:
        """The stable `operationId`: the name of the view."""
        return self.view.__name__

    @property
    def summary(self) -> str:
        """The first paragraph of the view's docstring."""
        return (getdoc(self.view) or "").partition("\n\n")[0].replace("\n", " ").strip()

    @property
    def description(self) -> str:
        """The docstring of the view after its first paragraph."""
        return (getdoc(self.view) or "").partition("\n\n")[2].strip()
