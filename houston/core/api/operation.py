"""One verb of one service: the single declaration that runs it and that documents it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import getdoc
from typing import Any, NamedTuple

from pyramid.request import Request

from houston.core.api.patch import PatchSchema
from houston.core.errors import ApiError
from houston.core.http.forms import FORM_TYPES
from houston.core.schema.nodes import Schema
from houston.core.security.permissions import Permission

View = Callable[[Request], Any]

JSON = "application/json"
JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
PATCH_TYPES = (JSON_PATCH, JSON, MERGE_PATCH)
BULK_PATCH_TYPES = (JSON_PATCH, JSON)


class PartialView(NamedTuple):
    """An object of which this caller may see the less."""

    row: Any


@dataclass(frozen=True, eq=False)
class Operation:
    """What an operation takes, gives and may refuse.

    `query` and `body` are schemas of the input, `patch` the schema of what RFC 6902 operations
    may touch. `returns` renders what the view returns: one object, with `many` a list, with
    `keyed` a mapping by key, with `paged` a `Page`. A `patch` with `many` is of several objects,
    and each operation carries the guid of its own. Without `returns` the view gives bytes, a
    response, or None. `errors` are those beyond what permission, input and lookup imply. What a
    protocol of its own reads, such as OAuth2's, is declared as `raw`: it is documented here and
    validated there; what is answered by headers alone `produces` nothing. `others` are further
    statuses of success, with their meaning. `reduced` is what `returns` shrinks to when the view
    wraps its object in `PartialView`. A `file` is sent by `file_response`; what it `produces` may
    be a range of types, such as `image/*`.
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
    status: int = 200
    errors: tuple[type[ApiError], ...] = ()
    consumes: tuple[str, ...] = ()
    produces: str = JSON
    request_headers: Mapping[str, str] = field(default_factory=dict)
    response_headers: Mapping[str, str] = field(default_factory=dict)
    deprecated: bool = False
    raw: bool = False
    others: Mapping[int, str] = field(default_factory=dict)
    reduced: Schema | None = None
    file: bool = False

    @property
    def bulk(self) -> bool:
        """Whether it patches several objects at once."""
        return self.patch is not None and self.many

    @property
    def renders_one(self) -> bool:
        """Whether it answers with one object of a schema."""
        several = self.many or self.keyed or self.paged
        return self.returns is not None and not self.raw and not several

    @property
    def takes_bytes(self) -> bool:
        """Whether its body is neither JSON nor a form."""
        return bool(self.consumes) and not {JSON, *FORM_TYPES}.intersection(self.consumes)

    @property
    def name(self) -> str:
        """The stable `operationId`: the name of the view."""
        return self.view.__name__

    @property
    def summary(self) -> str:
        """The first sentence of the view's docstring."""
        return (getdoc(self.view) or "").split("\n\n")[0].replace("\n", " ").strip()

    @property
    def description(self) -> str:
        """What the view's docstring says after its first sentence."""
        return "\n\n".join((getdoc(self.view) or "").split("\n\n")[1:]).strip()
