"""Calls of the operations of a document from recorded exchanges, and the server that answers them.

The address of the server for a call begins with the number of the call. A request that is not the
recorded one is answered with the status 599.
"""

import json
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

Json = dict[str, Any]

JSON, MERGE_PATCH = "application/json", "application/merge-patch+json"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
NOT_SENT = ("Content-Length", "Transfer-Encoding", "Connection", "Location", "Set-Cookie")
NOT_RECORDED, LANDING = 599, "/landing"
MOST = 6
"""The calls of an operation."""
LARGEST_OF_JAVASCRIPT = 2**53
"""Above it, JavaScript has no exact whole numbers."""


def calls_of(document: Json, folder: Path) -> list[Json]:
    """Return calls of every operation with success, or with an error where none succeeds.

    A call has the recorded exchange, the name of the operation, and its arguments by name.
    """
    exchanges = [json.loads(path.read_text()) for path in sorted(folder.iterdir())]
    by_operation: dict[str, list[Json]] = {}
    for exchange in exchanges:
        if found := _operation(document, exchange):
            call = {**exchange, **_arguments(*found, exchange)}
            call["below_base"] = "basePath" in document
            if _can_be_sent(found[1], call):
                by_operation.setdefault(call["operation"], []).append(call)
    return [call for calls in by_operation.values() for call in _chosen(calls)]


def _chosen(calls: list[Json]) -> list[Json]:
    """The calls that succeed, those with the most in them first."""
    best = [call for call in calls if call["status"] < 400 and call["status"] != 304]
    best.sort(key=lambda call: (bool(call["sent"]), len(call["body"])), reverse=True)
    return best[:MOST] or calls[:1]


def _operation(document: Json, exchange: Json) -> tuple[str, Json] | None:
    base = document.get("basePath", "")
    paths = sorted(document["paths"], key=lambda path: (path.count("{"), -len(path)))
    for path in paths:
        form = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(base + path))
        item = document["paths"][path]
        operation = item.get(exchange["method"].lower())
        if operation and re.fullmatch(form, exchange["path"]):
            parameters = [*item.get("parameters", ()), *operation.get("parameters", ())]
            return base + path, operation | {"parameters": parameters}
    return None


def _arguments(path: str, operation: Json, exchange: Json) -> Json:
    names = re.findall(r"\{(\w+)\}", path)
    form = re.sub(r"\\\{\w+\\\}", "([^/]+)", re.escape(path))
    values = re.fullmatch(form, exchange["path"])
    assert values is not None
    given = {
        "path": {name: [unquote(each)] for name, each in zip(names, values.groups(), strict=True)},
        "query": exchange["query"],
        "header": {name: [each] for name, each in exchange["request_headers"].items()},
        "formData": exchange["form"],
    }
    declared = [*operation["parameters"], *_form_fields(operation)]
    parameters = [each for each in declared if each["in"] != "body"]
    arguments = {
        each["name"]: _typed(each.get("schema", each), given[each["in"]][each["name"]])
        for each in parameters
        if each["name"] in given[each["in"]]
    }
    return {
        "operation": operation["operationId"],
        "tag": operation["tags"][0],
        "parameters": [each["name"] for each in parameters],
        "arguments": arguments,
    }


def _form_fields(operation: Json) -> Iterator[Json]:
    """The fields of a form of OpenAPI 3.1, as Swagger 2.0 has them."""
    content = operation.get("requestBody", {}).get("content", {})
    if content and set(content) <= set(FORMS):
        for name in next(iter(content.values()))["schema"]["properties"]:
            yield {"name": name, "in": "formData", "type": "string"}


def _typed(schema: Json, texts: list[str]) -> Any:
    """The value of a parameter."""
    if schema["type"] == "array":
        return [_typed(schema["items"], [text]) for text in texts]
    with suppress(ValueError):  # of a refused request
        return texts[0] if schema["type"] == "string" else json.loads(texts[0])
    return texts[0]


def _can_be_sent(operation: Json, call: Json) -> bool:
    """Return whether generated clients can send it: JSON where there is a choice of types."""
    takes = operation.get("consumes") or list(operation.get("requestBody", {}).get("content", {}))
    call["has_body"] = not set(takes) <= set(FORMS)
    if call["form"] and JSON in takes:  # the same fields
        fields = {name: values[0] for name, values in call["form"].items()}
        call.update(sent_type=JSON, sent_json=fields)
    call["takes_bytes"] = call["has_body"] and not any(each.endswith("json") for each in takes)
    in_body = {each["in"] for each in operation["parameters"]} & {"body", "formData"}
    is_empty = call["sent_json"] is None and call["sent_type"].endswith("json")
    if is_empty or not (in_body or "requestBody" in operation):
        call["sent"] = ""
    wanted = [type for type in takes if type not in (*FORMS, MERGE_PATCH)] or takes[:1]
    named = {each["name"] for each in operation["parameters"] if each.get("required")} - {"body"}
    is_wanted = not call["sent"] or not takes or call["sent_type"] in wanted
    # Clients send no undeclared, repeated or odd parameters, and no body by DELETE.
    plain = all(
        name in call["parameters"] and len(texts) == 1 and _is_plain(texts[0])
        for name, texts in call["query"].items()
    )
    bodiless = call["method"] != "DELETE" or not call["sent"]
    # The Python client of Swagger 2.0 takes an object where any value is meant.
    bodies = [each["schema"] for each in operation["parameters"] if each["in"] == "body"]
    is_any = any("type" not in each and "AnyValue" in json.dumps(each) for each in bodies)
    is_sendable = not is_any or isinstance(call["sent_json"], dict)
    sent = is_wanted and plain and bodiless and is_sendable
    return sent and named <= call["arguments"].keys()


def _is_plain(text: str) -> bool:
    is_too_large = text.isdecimal() and int(text) > LARGEST_OF_JAVASCRIPT
    return bool(text) and text.isprintable() and not is_too_large


class _Handler(BaseHTTPRequestHandler):
    calls: list[Json]

    def handle_one(self) -> None:
        """Answer a call with the recorded response."""
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith(LANDING):
            return self._answer(200, {}, b"")
        _, number, address = self.path.split("/", 2)
        call = self.calls[int(number)]
        if fault := self._difference(call, f"/{address}", sent):
            return self._answer(NOT_RECORDED, {}, fault.encode())
        return self._answer(call["status"], dict(call["headers"]), b64decode(call["body"]))

    do_GET = do_POST = do_PATCH = do_DELETE = do_HEAD = handle_one

    def _difference(self, call: Json, address: str, sent: bytes) -> str:
        """The difference of the request from the recorded one; empty if there is none."""
        parts = urlsplit(address)
        query = parse_qs(parts.query, keep_blank_values=True)
        pairs = {
            "method": (self.command, call["method"]),
            "path": (unquote(parts.path), unquote(call["path"])),
            "query": (query | call["query"], query),
            "body": (bool(sent) or not call["sent"], True),
        }
        return " ".join(f"{name}: {a} instead of {b}" for name, (a, b) in pairs.items() if a != b)

    def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name not in NOT_SENT:
                self.send_header(name, value)
        if "Location" in headers:
            self.send_header("Location", LANDING if 300 <= status < 400 else headers["Location"])
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Write no log."""


@contextmanager
def replaying(calls: list[Json]) -> Iterator[str]:
    """Yield the address of a server that answers the calls."""
    handler = type("Handler", (_Handler,), {"calls": calls})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
