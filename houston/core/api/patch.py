"""PATCH: RFC 6902 operations, or an RFC 7396 merge, on the document of a resource.

The document holds what the schema of the patch declares. Operations are applied to a copy, the
result is validated by the schema, and what differs is handed on: all of it or nothing. A failure
names the operation and its path. There are two additions to the RFC, both on lists declared as
associations: `remove` may carry the `value` to drop, and `add` of a single value appends it.

A path that is a `Command` is no part of the document: its operations are verbs, each with a value
of its own kind, and are handed on in their order.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import colander
import jsonpatch
import jsonpointer
from colander import drop, null

from houston.core.errors import ApiError, Conflict, Unprocessable
from houston.core.json import copied, dumps
from houston.core.schema import Field, Invalid, Items, Json, Schema, load, messages_of
from houston.core.schema.loading import WHOLE
from houston.core.schema.types import FORBIDDEN, equal

MAX_OPERATIONS = 100
MAX_DOCUMENT = 2**20
"""Bytes that a document may grow to: each copy of a list into itself doubles it."""
OPERATIONS = ("test", "remove", "add", "replace", "move", "copy")
NEEDS_VALUE = frozenset({"test", "add", "replace"})
NEEDS_FROM = frozenset({"move", "copy"})
UNKNOWN_PATH = "Not a path that can be patched."
NOT_A_LIST = "PATCH input data must be a list of operations (JSON objects)"


class PatchSchema(Schema):
    """The paths that PATCH may touch; each field is there in the document unless write-only."""


class Command(Field):
    """A path whose operations are verbs, each with the node that its value is read by.

    `remove=None` is a removal without a value.
    """

    def __init__(self, *, name: str = "", description: str = "", **operations: Any) -> None:
        super().__init__(Json(), name=name, missing=drop, write_only=True, description=description)
        self.operations: dict[str, Any] = operations


class Order(NamedTuple):
    """One operation on the path of a command: the verb, the path's name, and the value read."""

    op: str
    name: str
    value: Any


@dataclass
class Change:
    """What a patch changes: the new `values` by field, and the `proofs` that tests have shown.

    A proof is the value of a `test` on a virtual field, which the service has yet to check.
    `orders` are the operations on commands, in the order in which they were given.
    """

    values: dict[str, Any] = field(default_factory=dict)
    proofs: dict[str, Any] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)


class _Refused(Exception):
    """An operation that cannot be done, with the error that tells of it."""

    def __init__(self, error: type[ApiError], reason: str) -> None:
        super().__init__(reason)
        self.error, self.reason = error, reason


def apply(document: Mapping[str, Any], operations: Any, schema: PatchSchema) -> Change:
    """What the RFC 6902 `operations` change in `document`, which itself stays as it is.

    Raises Unprocessable for operations that can never be right, and Conflict for a failed `test`
    or a target that is not there; `messages` is keyed by the operation's index.
    """
    _check_structure(operations)
    if not operations:
        return Change()
    patching = _Patching(document, schema)
    for index, operation in enumerate(operations):
        try:
            patching.run(index, operation)
        except _Refused as refusal:
            raise _failure(refusal.error, index, operation, refusal.reason) from None
    try:
        return patching.change()
    except Invalid as invalid:
        index, text = patching.culprit(invalid)
        raise _failure(Unprocessable, index, operations[index], text) from None


def merge(document: Mapping[str, Any], patch: Any, schema: PatchSchema) -> Change:
    """What the RFC 7396 merge `patch` changes in `document`; null takes a member away.

    Raises Unprocessable, with texts by field.
    """
    if not isinstance(patch, dict):
        raise Unprocessable(messages={"_schema": ["A merge patch must be a JSON object."]})
    patching = _Patching(document, schema)
    unknown = [name for name in patch if name not in patching.fields]
    if unknown:
        raise Unprocessable(messages={name: [UNKNOWN_PATH] for name in unknown})
    for name, value in patch.items():
        patching.put(name, _merged(patching.document.get(name), value))
    return patching.change()


class _Patching:
    """A copy of the document while operations are applied to it, all values as JSON has them."""

    def __init__(self, document: Mapping[str, Any], schema: PatchSchema) -> None:
        self._schema = schema
        self._before: dict[str, Any] = copied(dict(document))
        self.fields = {child.name: child for child in schema.children}
        self.document: dict[str, Any] = copied(self._before)
        self._proofs: dict[str, Any] = {}
        self._orders: list[Order] = []
        self._touched: dict[str, int] = {}

    def run(self, index: int, operation: dict[str, Any]) -> None:
        """Apply one operation; raises _Refused."""
        op, parts = operation["op"], self._parts(operation["path"])
        name = parts[0]
        source = self._source(op, operation["from"]) if op in NEEDS_FROM else name
        declared = self.fields[name]
        if declared.virtual:
            self._prove(op, parts, operation)
        elif isinstance(declared, Command):
            self._order(declared, op, parts, operation)
        elif declared.write_only:
            self._write_only(op, parts, operation)
        elif declared.association and len(parts) == 1 and self._associate(op, name, operation):
            pass
        elif op == "test":
            self._test(operation)
        else:
            self._apply(operation)
        if op == "copy" and len(dumps(self.document)) > MAX_DOCUMENT:
            raise _Refused(Unprocessable, "The document becomes too large.")
        if op == "move":
            self._touched[source] = index
        self._touched[name] = index

    def put(self, name: str, value: Any) -> None:
        """Set a whole field as a merge does; None takes it away."""
        if isinstance(self.fields[name], Command):
            raise Unprocessable(messages={name: ["This is changed by JSON Patch alone."]})
        if self.fields[name].virtual:
            self._proofs[name] = value
        elif value is None and not self.fields[name].write_only:
            self.document.pop(name, None)
        else:
            self.document[name] = value

    def change(self) -> Change:
        """The difference to the document, validated as a whole; raises Invalid."""
        result = {name: self._present(name) for name in self.fields if self._is_set(name)}
        values = load(self._schema, result | self._proofs)
        changed = {
            name: values[name]
            for name in result
            if name not in self._before or not equal(self._before[name], result[name])
        }
        return Change(changed, self._proofs, self._orders)

    def culprit(self, invalid: Invalid) -> tuple[int, str]:
        """The operation that last touched the first wrong field, and what is wrong."""
        path, texts = next(iter(invalid.messages.items()))
        last = max(self._touched.values(), default=0)
        return self._touched.get(path.split(".")[0], last), texts[0]

    def _parts(self, path: str) -> list[str]:
        try:
            parts: list[str] = jsonpointer.JsonPointer(path).parts
        except jsonpointer.JsonPointerException as error:
            raise _Refused(Unprocessable, f"Not a valid JSON pointer: {error}.") from None
        if not parts or parts[0] not in self.fields:
            raise _Refused(Unprocessable, UNKNOWN_PATH)
        return parts

    def _source(self, op: str, path: str) -> str:
        """The field that a move or a copy takes from; raises _Refused for a hidden one."""
        name = self._parts(path)[0]
        if self.fields[name].virtual or self.fields[name].write_only:
            raise _Refused(Unprocessable, f"There is nothing to {op} at that path.")
        return name

    def _prove(self, op: str, parts: list[str], operation: dict[str, Any]) -> None:
        if op != "test" or len(parts) > 1:
            raise _Refused(Unprocessable, "This path can only be tested.")
        if not equal(self._proofs.setdefault(parts[0], operation["value"]), operation["value"]):
            raise _Refused(Conflict, "The test failed: another value was given before.")

    def _order(
        self, command: Command, op: str, parts: list[str], operation: dict[str, Any]
    ) -> None:
        if op not in command.operations or len(parts) > 1:
            raise _Refused(Unprocessable, f"This path knows {_listed(command.operations)} alone.")
        node, value = command.operations[op], operation.get("value", null)
        if node is not None:
            try:
                value = node.deserialize(value)
            except colander.Invalid as invalid:
                raise _Refused(Unprocessable, _sentence(invalid)) from None
        self._orders.append(Order(op, parts[0], None if value is null else value))

    def _write_only(self, op: str, parts: list[str], operation: dict[str, Any]) -> None:
        if op not in ("add", "replace") or len(parts) > 1:
            raise _Refused(Unprocessable, "This path can only be replaced.")
        self.document[parts[0]] = operation["value"]

    def _associate(self, op: str, name: str, operation: dict[str, Any]) -> bool:
        """Do one of the two additions to the RFC; False when the operation is none of them."""
        members = self.document.setdefault(name, [])
        if not isinstance(members, list):
            raise _Refused(Conflict, "There is no list at that path any more.")
        if op == "add" and not isinstance(operation["value"], list):
            members.append(operation["value"])
            return True
        if op == "remove" and "value" in operation:
            for position, member in enumerate(members):
                if equal(member, operation["value"]):
                    del members[position]
                    return True
            raise _Refused(Conflict, "The list does not have that value.")
        return False

    def _test(self, operation: dict[str, Any]) -> None:
        try:
            present = jsonpointer.resolve_pointer(self.document, operation["path"])
        except jsonpointer.JsonPointerException:
            raise _Refused(Conflict, "There is nothing at that path.") from None
        if not equal(present, operation["value"]):
            raise _Refused(Conflict, "The test failed: the value is another.")

    def _apply(self, operation: dict[str, Any]) -> None:
        if operation["op"] == "move" and operation["path"].startswith(f"{operation['from']}/"):
            raise _Refused(Unprocessable, "A value cannot be moved into itself.")
        try:
            jsonpatch.JsonPatch([deepcopy(operation)]).apply(self.document, in_place=True)
        except jsonpatch.InvalidJsonPatch as error:
            raise _Refused(Unprocessable, f"{error}.") from None
        except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException, TypeError):
            raise _Refused(Conflict, "There is nothing at that path, or no place for it.") from None

    def _is_set(self, name: str) -> bool:
        declared = self.fields[name]
        if declared.virtual or declared.read_only:
            return False
        return not declared.write_only or name in self.document

    def _present(self, name: str) -> Any:
        """The value of a field; one that was taken away is null, or nothing where it is a list."""
        if name in self.document:
            return self.document[name]
        return [] if isinstance(self.fields[name].typ, Items) else None


def _listed(words: Iterable[str]) -> str:
    return " and ".join(f"`{word}`" for word in words)


def _sentence(invalid: colander.Invalid) -> str:
    """What is wrong with a value, and where in it."""
    return " ".join(
        text if path == WHOLE else f"{path}: {text}"
        for path, texts in messages_of(invalid).items()
        for text in texts
    )


def _merged(target: Any, patch: Any) -> Any:
    """RFC 7396, section 2."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = _merged(result.get(name), value)
    return result


def _check_structure(operations: Any) -> None:
    if not isinstance(operations, list):
        raise Unprocessable(messages={"_schema": [NOT_A_LIST]})
    if len(operations) > MAX_OPERATIONS:
        raise Unprocessable(messages={"_schema": [f"More than {MAX_OPERATIONS} operations."]})
    faults = {
        str(index): found
        for index, operation in enumerate(operations)
        if (found := _structural_faults(operation))
    }
    if faults:
        raise Unprocessable(messages=faults)


def _structural_faults(operation: Any) -> list[str]:
    if not isinstance(operation, dict):
        return ["Individual PATCH operations must be JSON objects"]
    op = operation.get("op")
    supported = isinstance(op, str) and op in OPERATIONS
    faults = [] if supported else ["operation not supported"]
    path, source = operation.get("path"), operation.get("from")
    if not (isinstance(path, str) and path.startswith("/") and _is_text(path)):
        faults.append("Path is required and must always begin with /")
    if supported and op in NEEDS_VALUE and "value" not in operation:
        faults.append("value is required")
    if supported and op in NEEDS_FROM and not _is_text(source):
        faults.append("from is required")
    return faults


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not FORBIDDEN.search(value)


def _failure(error: type[ApiError], index: int, operation: dict[str, Any], reason: str) -> ApiError:
    text = f"Operation {index} ({operation['op']} {operation['path'][:200]}): {reason}"
    return error(text, messages={str(index): [reason]})
