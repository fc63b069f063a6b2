"""The description of operations in both documents, beyond their declarations.

The callers are read from the grants; the errors follow from permission, path and input.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import colander
from pyramid.authorization import Everyone

from houston.core import errors
from houston.core.api.operation import Operation
from houston.core.api.service import Service, services
from houston.core.db import SAFE_METHODS
from houston.core.schema.nodes import Schema
from houston.core.security.grants import Permission, roles_with, scope_for
from houston.core.security.rate_limits import limit_of
from houston.core.services import Services, services_of
from houston.core.settings import Settings
from houston.core.tree import Branches, Collection, Resource, grants_along, lineage_of

ApiErrors = list[type[errors.ApiError]]
Json = dict[str, Any]

VARIABLE = re.compile(r"\{(\w+)(?::[^{}]*(?:\{[^{}]*\}[^{}]*)*)?\}")
ANYONE = "anyone, signed in or not"


@dataclass(frozen=True)
class Described:
    """An operation with its address.

    Attributes:
        operation: The operation.
        path: The whole path, with its variables in braces.
        tag: The tag of the service.
        variables: The JSON schemas of the variables of the path.
        scope: The scope that a token needs; None if the operation is public.
        forbids: Whether some callers, or tokens without the scope, are refused.
        anonymous: Whether callers need not be signed in.
        callers: Descriptions of the roles that may call it.
        tagged: Whether responses have an `ETag`.
        conditional: Whether there is an `ETag` to send as `If-Match`.
        rate_limit: The rate limit in words, if there is one.
        body_limits: The largest body of a caller, and of one who is not signed in, in bytes.
    """

    operation: Operation
    path: str
    tag: str
    variables: Mapping[str, Json]
    scope: str | None
    forbids: bool
    anonymous: bool
    callers: tuple[str, ...]
    tagged: bool
    conditional: bool
    rate_limit: str | None
    body_limits: tuple[int, int]

    @property
    def text(self) -> str:
        """The description, with the callers, the scope and the rate limit."""
        parts = [self.operation.description, f"May be called by: {'; '.join(self.callers)}."]
        if self.scope:
            parts.append(f"A token needs the scope `{self.scope}`.")
        if self.rate_limit:
            parts.append(f"At most {self.rate_limit} for each caller.")
        return "\n\n".join(part for part in parts if part)

    @property
    def success(self) -> str:
        """The description of success."""
        if self.operation.status == 204:
            return "Done; there is no body."
        return "A page of the list." if self.operation.paged else "Done."

    @property
    def revalidates(self) -> bool:
        """Return whether `If-None-Match` is evaluated."""
        return self.operation.file or (self.tagged and self.operation.method == "GET")

    @property
    def request_headers(self) -> dict[str, str]:
        """The headers that a caller may send, with their descriptions."""
        headers = dict(self.operation.request_headers)
        if self.revalidates:
            headers["If-None-Match"] = "The `ETag` that you have: 304 if it is still current."
        if self.operation.file:
            headers["Range"] = "The bytes to send, such as `bytes=0-999`."
            headers["If-Range"] = (
                "The `ETag` of the part that you have: the whole file if it has changed."
            )
        if self.conditional:
            headers["If-Match"] = (
                "The `ETag` that you have read: 412 if the object has changed since."
            )
        return headers

    @property
    def response_headers(self) -> list[colander.SchemaNode]:
        """The headers of a successful response."""
        headers = [header(*each) for each in self.operation.response_headers.items()]
        if self.operation.paged:
            text = "The number of all rows, in any page."
            headers.append(header("X-Total-Count", text, colander.Integer()))
        if self.operation.exportable:
            text = "The number of all rows that the caller may export; -1 for an empty query."
            headers.append(header("X-Exportable-Count", text, colander.Integer()))
        if self.tagged or self.operation.file:
            text = "The tag of the representation, for `If-Match` and `If-None-Match`."
            headers.append(header("ETag", text))
        return headers

    @property
    def body_required(self) -> bool:
        """Return whether the body is required."""
        body = self.operation.body
        return self.operation.patch is not None or (
            isinstance(body, Schema) and any(field.required for field in body.children)
        )

    def errors_by_status(self) -> dict[int, ApiErrors]:
        """The errors by status: the declared ones, and those that follow from the declaration."""
        by_status: dict[int, ApiErrors] = {}
        for error in (*self._implied_errors(), *self.operation.errors):
            same = by_status.setdefault(int(error.status), [])
            if error not in same:
                same.append(error)
        return dict(sorted(by_status.items()))

    def error_text(self, given: ApiErrors) -> str:
        """The description of the errors of one status, from their docstrings."""
        texts = [(error.__doc__ or error.message).split("\n\n")[0].strip() for error in given]
        if errors.ContentTooLarge in given:
            whole, anonymous = self.body_limits
            texts.append(
                f"At most {whole} bytes, and {anonymous} of callers who are not signed in."
            )
        return " ".join(texts)

    def _implied_errors(self) -> Iterator[type[errors.ApiError]]:
        # A token that is not valid is refused by public operations as well.
        yield from (errors.BadRequest, errors.Unauthenticated, errors.NotAcceptable)
        yield from (errors.Unprocessable, errors.Unavailable)
        if self.forbids:
            yield errors.Forbidden
        if self.variables:
            yield errors.NotFound
        if self.operation.patch is not None:
            yield errors.Conflict
        if self.operation.conditional:
            yield errors.PreconditionFailed
        if self.operation.consumes:
            yield errors.ContentTooLarge
        if self.operation.consumes and (self.operation.body or self.operation.patch):
            yield errors.UnsupportedMediaType
        if self.operation.file:
            yield errors.RangeNotSatisfiable
        if self.rate_limit:
            yield errors.TooManyRequests


def describe(registry: Any) -> list[Described]:
    """All operations of an application in the order of their addresses."""
    parts = services_of(registry)
    settings = parts[Settings]
    return [
        _described(service, operation, parts, limit_of(settings, operation.name))
        for service in sorted(services(registry), key=lambda service: str(service.path))
        for operation in service.operations.values()
    ]


def tag_description(operation: Operation) -> str:
    """The first paragraph of the docstring of the module that the view belongs to."""
    package = sys.modules.get(operation.view.__module__.split(".views")[0])
    return ((package.__doc__ if package else None) or "").strip().split("\n\n")[0]


def error_headers(given: ApiErrors) -> list[colander.SchemaNode]:
    """The headers of the errors of one status."""
    if not {errors.TooManyRequests, errors.Unavailable}.intersection(given):
        return []
    text = "The number of seconds after which to try again."
    return [header("Retry-After", text, colander.Integer())]


def header(name: str, text: str, type: Any = None) -> colander.SchemaNode:
    """The node of a header; its type is text by default."""
    return colander.SchemaNode(type or colander.String(), name=name, description=text)


def scopes_of(described: Iterable[Described]) -> dict[str, str]:
    """All scopes of some operations, with their descriptions."""
    words = {"read": "Read", "write": "Change"}
    scopes = sorted({each.scope for each in described if each.scope})
    return {
        scope: f"{words[access]} {noun.replace('_', ' ').replace('-', ' ')}"
        for scope in scopes
        for noun, access in [scope.split(":")]
    }


def _described(
    service: Service,
    operation: Operation,
    parts: Services,
    rate_limit: str | None,
) -> Described:
    branches = parts[Branches]
    public = operation.permission is Permission.PUBLIC
    # The resources of public operations may find their members in ways of their own.
    path = service.tree_path.split("/")[1] if public else service.tree_path
    lineage = lineage_of(branches, path)
    only_reads = service.only_reads or operation.method in SAFE_METHODS
    roles = [] if public else roles_with(grants_along(reversed(lineage)), operation.permission)
    callers = [ANYONE] if public else [role.description for role in roles]
    noun = next((each.noun for each in reversed(lineage) if each.noun), "")
    reading = service.operations.get("GET")
    return Described(
        operation=operation,
        path=VARIABLE.sub(r"{\1}", service.path),
        tag=service.tag,
        variables=dict(_variables(service, branches)),
        scope=None if public else scope_for(noun, operation.permission),
        forbids=not public or bool(noun and not only_reads),
        anonymous=any(Everyone in (role.value, getattr(role, "holder", "")) for role in roles),
        callers=tuple(dict.fromkeys(callers)) or ("nobody",),
        tagged=service.is_tagged(operation),
        conditional=operation.conditional and reading is not None and reading.represents,
        rate_limit=rate_limit,
        body_limits=operation.body_limits(parts[Settings]),
    )


def _variables(
    service: Service, branches: Mapping[str, type[Resource]]
) -> Iterator[tuple[str, Json]]:
    """The variables of a path, with the JSON schemas of the keys of their collections."""
    parts = service.tree_path.split("/")
    for position, part in enumerate(parts):
        if found := VARIABLE.match(part):
            above = lineage_of(branches, "/".join(parts[:position]))[-1]
            yield found[1], _key(found[1].replace("_", " "), above)


def _key(noun: str, above: type[Resource]) -> Json:
    if not issubclass(above, Collection) or not above.keys_are_standard():
        return {"type": "string", "description": f"The key of the {noun}."}
    if hasattr(above.model, "id"):
        return {"type": "string", "description": f"The guid or the integer id of the {noun}."}
    return {"type": "string", "format": "uuid", "description": f"The guid of the {noun}."}
