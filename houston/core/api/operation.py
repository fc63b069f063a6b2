"""Operations: the declaration from which a method of an address is run and documented."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import getdoc
from typing import Any, NamedTuple

from pyramid.request import Request

from houston.core.api.patch import PatchSchema
from houston.core.errors import ApiError
from houston.core.http.request import FORM_TYPES
from houston.core.schema.nodes import Schema, is_volatile
from houston.core.security.grants import Permission

View = Callable[[Request], Any]

JSON = "application/json"
JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
PATCH_TYPES = (JSON_PATCH, JSON, MERGE_PATCH)
BULK_PATCH_TYPES = (JSON_PATCH, JSON)


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
        returns: The schema of the response. Without it the view returns a response or None.
        many: Whether the view returns a list; or, of a patch, whether it changes many objects, of
            which each operation names one by its guid.
        keyed: Whether the view returns a mapping of objects by key.
        paged: Whether the view returns a `Page`.
        partial: The schemas of the responses when the view returns a `PartialView`.
        status: The status of success.
        others: Further statuses of success, with their descriptions.
        errors: The errors besides those that follow from permission, input and path.
        consumes: The content types of the body.
        produces: The content type of the response, or a range such as `image/*`; empty if it has
            headers only.
        request_headers: Headers that the operation reads, with their descriptions.
        response_headers: Headers of the response, with their descriptions.
        deprecated: Whether clients should use another operation.
        raw: Whether the input is validated elsewhere, such as by oauthlib, and is only documented
            here.
        file: Whether the response is sent by `file_response`.
    """

    method: str
    view: View
    permission: Permission
    query: Schema | None = None
    body: Schema | None = None
    patch: PatchSchema | None = None
    returns: Schema | None = None
    many: bool = False
    keyed: bool = False
    paged: bool = False
    partial: tuple[Schema, ...] = ()
    status: int = 200
    errors: tuple[type[ApiError], ...] = ()
    consumes: tuple[str, ...] = ()
    produces: str = JSON
    request_headers: Mapping[str, str] = field(default_factory=dict)
    response_headers: Mapping[str, str] = field(default_factory=dict)
    deprecated: bool = False
    raw: bool = False
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
        return self.returns is not None and not (several or self.raw)

    @property
    def tagged(self) -> bool:
        """Return whether responses have an entity tag."""
        if self.returns is None or self.many or self.paged or self.raw:
            return False
        return self.method in ("GET", "PATCH") and not is_volatile(self.returns)

    @property
    def conditional(self) -> bool:
        """Return whether `If-Match` is evaluated."""
        return self.method in ("PATCH", "DELETE") and not (self.bulk or self.raw)

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
