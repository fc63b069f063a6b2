"""What both documents say of an operation, beyond what its declaration says itself.

Who may call it is read from the grants, which errors it can give follows from its permission, its
path and its input: nothing of it is written by hand, so nothing of it can grow old.
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
from houston.core.schema.nodes import Schema
from houston.core.security.grants import roles_with
from houston.core.security.permissions import Permission, scope_for
from houston.core.services import services_of
from houston.core.settings import Settings
from houston.core.tree import Branches, Collection, Resource, grants_along, lineage_of

ApiErrors = list[type[errors.ApiError]]
Json = dict[str, Any]

VARIABLE = re.compile(r"\{(\w+)(?::[^{}]*(?:\{[^{}]*\}[^{}]*)*)?\}")
ANYONE = "anyone, signed in or not"


@dataclass(frozen=True)
class Described:
    """One operation at its address.

    `scope` is None where everybody may call without one; `anonymous` says that nobody needs to be
    signed in; `callers` are those who may call, in words. `variables` are the JSON schemas of the
    path's. `tagged` operations answer with an `ETag`, `conditional` ones heed `If-Match`.
    """

    operation: Operation
    path: str
    tag: str
    variables: Mapping[str, Json]
    scope: str | None
    anonymous: bool
    callers: tuple[str, ...]
    tagged: bool
    conditional: bool
    rate_limit: str | None

    @property
    def text(self) -> str:
        """The description: the docstring's, who may call, and how often."""
        parts = [self.operation.description, f"May be called by: {'; '.join(self.callers)}."]
        if self.scope:
            parts.append(f"A token needs the scope `{self.scope}`.")
        if self.rate_limit:
            parts.append(f"At most {self.rate_limit} for each caller.")
        return "\n\n".join(part for part in parts if part)

    @property
    def success(self) -> str:
        """What a successful call means, in words."""
        if self.operation.status == 204:
            return "Done; there is no body."
        return "A page of the list." if self.operation.paged else "Done."

    @property
    def revalidates(self) -> bool:
        """Whether a caller can ask if what he has is still so, and be told 304."""
        return self.operation.file or (self.tagged and self.operation.method == "GET")

    @property
    def request_headers(self) -> dict[str, str]:
        """The headers that a caller may send, with their words."""
        headers = dict(self.operation.request_headers)
        if self.revalidates:
            headers["If-None-Match"] = "The `ETag` of what you have: 304 if it is still so."
        if self.operation.file:
            headers["Range"] = "The bytes to send, such as `bytes=0-999`."
            headers["If-Range"] = "The `ETag` of what you have of it: the whole if it has changed."
        if self.conditional:
            headers["If-Match"] = "The `ETag` of what you have read: 412 if it has changed since."
        return headers

    @property
    def response_headers(self) -> list[colander.SchemaNode]:
        """The headers of a successful answer."""
        headers = [header(*each) for each in self.operation.response_headers.items()]
        if self.operation.paged:
            text = "The number of rows in all, whatever the page."
            headers.append(header("X-Total-Count", text, colander.Integer()))
        if self.tagged or self.operation.file:
            text = "The tag of this representation, for `If-Match` and `If-None-Match`."
            headers.append(header("ETag", text))
        return headers

    @property
    def body_required(self) -> bool:
        """Whether there is no calling without a body."""
        body = self.operation.body
        return self.operation.patch is not None or (
            isinstance(body, Schema) and any(field.required for field in body.children)
        )

    def errors_by_status(self) -> dict[int, ApiErrors]:
        """The errors by status: those that it declares, and those that its kind implies."""
        by_status: dict[int, ApiErrors] = {}
        for error in (*self._implied_errors(), *self.operation.errors):
            same = by_status.setdefault(int(error.status), [])
            if error not in same:
                same.append(error)
        return dict(sorted(by_status.items()))

    def _implied_errors(self) -> Iterator[type[errors.ApiError]]:
        yield from (errors.BadRequest, errors.NotAcceptable, errors.Unprocessable)
        yield errors.Unavailable
        if self.scope or self.rate_limit:
            yield errors.Unauthenticated
        if self.scope:
            yield errors.Forbidden
        if self.variables:
            yield errors.NotFound
        if self.operation.patch is not None:
            yield errors.Conflict
        if self.conditional:
            yield errors.PreconditionFailed
        if self.operation.consumes and (self.operation.body or self.operation.patch):
            yield from (errors.ContentTooLarge, errors.UnsupportedMediaType)
        if self.operation.file:
            yield errors.RangeNotSatisfiable
        if self.rate_limit:
            yield errors.TooManyRequests


def describe(registry: Any) -> list[Described]:
    """Every operation of the application, in the order of the addresses."""
    parts = services_of(registry)
    limits: Mapping[str, str] = parts[Settings]["houston.limits"]
    return [
        _described(service, operation, parts[Branches], limits.get(operation.name))
        for service in sorted(services(registry), key=lambda service: str(service.path))
        for operation in service.operations.values()
    ]


def tag_description(operation: Operation) -> str:
    """The first paragraph of the docstring of the package that the view belongs to."""
    package = sys.modules.get(operation.view.__module__.split(".views")[0])
    return ((package.__doc__ if package else None) or "").strip().split("\n\n")[0]


def error_text(errors: ApiErrors) -> str:
    """When errors of one status are given: what their docstrings say."""
    return " ".join((error.__doc__ or error.message).split("\n\n")[0].strip() for error in errors)


def error_headers(given: ApiErrors) -> list[colander.SchemaNode]:
    """The headers that errors of one status carry."""
    if errors.TooManyRequests not in given:
        return []
    text = "In how many seconds requests are answered again."
    return [header("Retry-After", text, colander.Integer())]


def header(name: str, text: str, type: Any = None) -> colander.SchemaNode:
    """The node of a header, which is text unless it has another type."""
    return colander.SchemaNode(type or colander.String(), name=name, description=text)


def scopes_of(described: Iterable[Described]) -> dict[str, str]:
    """Every scope that some operation needs, with its words."""
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
    branches: Mapping[str, type[Resource]],
    rate_limit: str | None,
) -> Described:
    public = operation.permission is Permission.PUBLIC
    lineage = [] if public else lineage_of(branches, service.tree_path)
    roles = roles_with(grants_along(reversed(lineage)), operation.permission)
    callers = [ANYONE] if public else [role.description for role in roles]
    noun = next((place.noun for place in reversed(lineage) if place.noun), "")
    reading = service.operations.get("GET")
    return Described(
        operation=operation,
        path=VARIABLE.sub(r"{\1}", service.path),
        tag=service.tag,
        variables=dict(_variables(service, branches)),
        scope=None if public else scope_for(noun, operation.permission),
        anonymous=any(Everyone in (role.value, getattr(role, "holder", "")) for role in roles),
        callers=tuple(dict.fromkeys(callers)) or ("nobody",),
        tagged=_is_tagged(operation),
        conditional=(
            operation.method in ("PATCH", "DELETE") and reading is not None and _is_tagged(reading)
        ),
        rate_limit=rate_limit,
    )


def _is_tagged(operation: Operation) -> bool:
    return (
        operation.method in ("GET", "PATCH")
        and operation.returns is not None
        and not operation.raw
        and not operation.many
        and not operation.paged
    )


def _variables(
    service: Service, branches: Mapping[str, type[Resource]]
) -> Iterator[tuple[str, Json]]:
    """The variable parts of a path, each with what the collection above it takes for a key."""
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
