"""What is the same in both documents: their outline, and what each operation promises."""

from abc import ABC, abstractmethod
from typing import ClassVar

from houston.core.api.openapi.converters import Json
from houston.core.api.openapi.description import (
    ApiErrors,
    Described,
    error_headers,
    error_text,
    tag_description,
)
from houston.core.api.openapi.models import Models
from houston.core.api.operation import JSON

ERROR: Json = {"$ref": f"{Models.json_pointer}Error"}
BODILESS = frozenset({204, 302, 303})
PART = "The part that `Range` asks for."
NOT_MODIFIED: Json = {"description": "What `If-None-Match` names is still so."}


class Writer(ABC):
    """Writes operations in one version of the specification, and collects what they share."""

    responses_pointer: ClassVar[str]
    file: ClassVar[Json | None] = None
    """The schema of a file, where it needs one."""

    def __init__(self, models: Models, shared_responses: Json, schemes: dict[str, Json]) -> None:
        self.models = models
        self._shared_responses = shared_responses
        self._schemes = schemes

    def paths(self, operations: list[Described], prefix: str = "") -> Json:
        """The operations by path, without the prefix, and method."""
        # All that comes out is named before what goes in: see Models.
        for described in operations:
            if described.operation.returns is not None:
                self.models.returned(described.operation)
        paths: Json = {}
        for described in operations:
            methods = paths.setdefault(described.path.removeprefix(prefix), {})
            methods[described.operation.method.lower()] = self._operation(described)
        return paths

    @abstractmethod
    def input(self, described: Described) -> Json:
        """The members of an operation object that tell what it takes."""

    @abstractmethod
    def response(
        self, description: str, type: str | None, schema: Json | None, headers: Json
    ) -> Json:
        """A response object; `type` is that of its body, None where there is no body."""

    def _operation(self, described: Described) -> Json:
        operation = described.operation
        written: Json = {
            "operationId": operation.name,
            "tags": [described.tag],
            "summary": operation.summary,
            "description": described.text,
            **self.input(described),
            "responses": self._responses(described),
            "security": self._security(described),
        }
        return written | ({"deprecated": True} if operation.deprecated else {})

    def _responses(self, described: Described) -> Json:
        operation = described.operation
        schema = self.file if operation.file else None
        if operation.returns is not None:
            schema = self.models.returned(operation)
        type = None if operation.status in BODILESS else operation.produces or None
        responses = {
            operation.status: self.response(
                described.success, type, schema, described.response_headers
            )
        }
        if operation.file:
            responses[206] = self.response(PART, type, schema, described.response_headers)
        for status, meaning in operation.others.items():
            type = None if status in BODILESS else operation.produces
            responses[status] = self.response(meaning, type, None, {})
        if described.revalidates:
            responses[304] = NOT_MODIFIED
        for status, errors in described.errors_by_status().items():
            responses[status] = self._error(errors)
        return {str(status): responses[status] for status in sorted(responses)}

    def _error(self, errors: ApiErrors) -> Json:
        """A reference to the response that all operations with these errors share."""
        name = "Or".join(error.__name__ for error in errors)
        self._shared_responses[name] = self.response(
            error_text(errors), JSON, ERROR, error_headers(errors)
        )
        return {"$ref": self.responses_pointer + name}

    def _security(self, described: Described) -> list[Json]:
        if described.scope is None:
            return []
        ways: list[Json] = [
            {name: [described.scope] if scheme["type"] == "oauth2" else []}
            for name, scheme in self._schemes.items()
        ]
        return [{}, *ways] if described.anonymous else ways


def tags_of(operations: list[Described]) -> list[Json]:
    """The tags in the order of their first operation, with their descriptions."""
    tags: dict[str, str] = {}
    for described in operations:
        tags.setdefault(described.tag, tag_description(described.operation))
    return [{"name": tag, "description": text} for tag, text in tags.items()]
