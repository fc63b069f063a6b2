"""Checks of requests and responses against the published document.

A response must be documented, and a request that the document forbids must fail. The schemas are
read more strictly than clients should read them: objects may have only documented fields, because
an undocumented field may disclose data.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from fnmatch import fnmatchcase
from functools import cached_property
from json import loads
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from webob import BaseRequest
from webtest import TestResponse

from houston.core.errors import Unprocessable

Json = dict[str, Any]

ERROR = "#/components/schemas/Error"
UNDESCRIBED = re.compile(
    r"/(|heartbeat|readiness|metrics|api/v1(/(swagger|openapi)\.json|/docs/.*)?)\Z"
)


GENERIC = Unprocessable.message
"""The message of refusals without a reason: the web client shows nothing but the message."""


class Undocumented(AssertionError):
    """A response that does not conform to the document."""


class Forbidden(AssertionError):
    """A request that succeeded although the document forbids it."""


class Checker:
    """The schemas of an OpenAPI 3.1 document, which are compiled on first use."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._validators: dict[str, Draft202012Validator] = {}

    def check(self, method: str, path: str, response: TestResponse) -> None:
        """Raise Undocumented unless the document has this status, body and headers."""
        path = path.split("?")[0].rstrip("/") or "/"
        if method == "OPTIONS" or UNDESCRIBED.match(path):
            return
        promised = self._documented(method, path, response.status_int)
        where = f"{method} {path} answered {response.status_int}"
        for name in promised.get("headers", {}):
            if name not in response.headers:
                raise Undocumented(f"{where} without the header {name}")
        if response.status_int >= 400 and GENERIC in response.text:
            raise Undocumented(f"{where} with a message that has no reason")
        if method != "HEAD":
            self._check_body(where, promised.get("content", {}), response)

    def check_request(self, request: BaseRequest, sent: bytes, response: TestResponse) -> None:
        """Raise Forbidden if the document forbids the JSON of a successful request."""
        if not response.status.startswith("2"):
            return
        path = request.path.rstrip("/") or "/"
        operation = (self._item(path) or {}).get(request.method.lower())
        if operation is None:
            return
        where = f"{request.method} {path} took"
        body = operation.get("requestBody", {"content": {}, "required": False})
        content = body["content"].get(request.content_type or next(iter(body["content"]), ""))
        if request.content_type.endswith("json") and content is not None:
            if sent:
                self._check_json(where, content["schema"], loads(sent), Forbidden)
            elif body["required"]:
                raise Forbidden(f"{where} no body")

    def _check_json(self, where: str, schema: Json, value: Any, error: type[Exception]) -> None:
        faults = [
            f"{fault.json_path}: {fault.message}"
            for fault in self._validator(schema).iter_errors(value)
        ]
        if faults:
            raise error(f"{where} a wrong body: {'; '.join(faults)[:2000]}")

    def _documented(self, method: str, path: str, status: int) -> Json:
        item = self._item(path)
        if method == "HEAD" and "head" not in (item or {}):
            method = "GET"
        if item is None or method.lower() not in item:
            wanted = 404 if item is None else 405
            if status in (wanted, 400, 413):
                return {"content": {"application/json": {"schema": {"$ref": ERROR}}}}
            raise Undocumented(f"{method} {path} answered {status} and is not in the document")
        responses: Json = item[method.lower()]["responses"]
        if str(status) not in responses:
            raise Undocumented(f"{method} {path} answered {status}, not {', '.join(responses)}")
        return self._resolved(responses[str(status)])

    def _item(self, path: str) -> Json | None:
        """Return the path item; paths without variables precede paths with them."""
        if path in self._document["paths"]:
            return dict(self._document["paths"][path])
        return next((item for form, item in self._with_variables if form.match(path)), None)

    @cached_property
    def _with_variables(self) -> list[tuple[re.Pattern[str], Json]]:
        # Paths with fewer variables and more literal parts take precedence.
        paths: Mapping[str, Json] = self._document["paths"]
        return [
            (re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + r"\Z"), paths[path])
            for path in sorted(paths, key=lambda path: (path.count("{"), -len(path)))
            if "{" in path
        ]

    def _check_body(self, where: str, content: Json, response: TestResponse) -> None:
        if not content:
            if response.body and response.content_type == "application/json":
                raise Undocumented(f"{where} with a body of which the document says nothing")
            return
        promised = next(
            (each for each in content if fnmatchcase(response.content_type, each)), None
        )
        if promised is None:
            raise Undocumented(f"{where} with a body of the type {response.content_type}")
        if promised.endswith("json") and response.body:
            schema = content[promised].get("schema", {"type": "null"})
            self._check_json(f"{where} with", schema, response.json, Undocumented)

    def _validator(self, schema: Json) -> Draft202012Validator:
        key = repr(schema)
        if key not in self._validators:
            whole = schema | {"components": {"schemas": self._closed_schemas}}
            self._validators[key] = Draft202012Validator(whole, format_checker=FormatChecker())
        return self._validators[key]

    @cached_property
    def _closed_schemas(self) -> Json:
        schemas: Json = deepcopy(self._document["components"]["schemas"])
        for name, schema in schemas.items():
            if "properties" in schema and name != "Error":
                schema.setdefault("additionalProperties", False)
        return schemas

    def _resolved(self, response: Json) -> Json:
        name: str = response.get("$ref", "").rpartition("/")[2]
        return dict(self._document["components"]["responses"][name]) if name else response


_CHECKERS: dict[int, tuple[Json, Checker]] = {}


def check_exchange(
    document: Json, request: BaseRequest, sent: bytes, response: TestResponse
) -> None:
    """Check a request and its response against a document of OpenAPI 3.1.

    Raises:
        Undocumented: The response does not conform to the document.
        Forbidden: The request succeeded, and the document forbids it.
    """
    # The cache holds a reference to the document, so its id is not reused.
    _, checker = _CHECKERS.setdefault(id(document), (document, Checker(document)))
    checker.check(request.method, request.environ["PATH_INFO"], response)
    checker.check_request(request, sent, response)
