"""PATCH: RFC 6902 operations, or an RFC 7396 merge, on the document of an object.

The document has the fields of the schema of the patch. Operations are applied to a copy, the result
is validated by the schema, and the changed fields are returned. An error names the operation and
its path. Lists that are declared as associations have two additions to the RFC: `remove` may have
the `value` to remove, and `add` of a single value appends it.

A path that is declared as `Actions` is not a part of the document: its operations are returned as
actions, in their order. A patch of many objects has actions only, each with the guid of its object;
a `test` needs none, as its value is known to all later operations.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

import colander
import jsonpatch
import jsonpointer
from colander import Invalid, Length, drop, null

from houston.core.errors import ApiError, Conflict, Unprocessable
from houston.core.json import copied, dumps, merged
from houston.core.schema import WHOLE, InvalidInput, load, load_members, messages_of, types
from houston.core.schema.nodes import Field, Json, Reference, Schema
from houston.core.values import GUID_FORM, equal, quoted

MAX_OPERATIONS = 100
MAX_COPIED = 2**20
"""The bytes that operations may copy: a hundred copies of a list into itself have no end."""
OPERATIONS = ("test", "remove", "add", "replace", "move", "copy")
NEEDS_VALUE = ("test", "add", "replace")
NEEDS_FROM = ("move", "copy")
UNKNOWN_PATH = "Not a path that can be patched."
NOT_A_LIST = "PATCH input data must be a list of operations (JSON objects)"
NO_GUID = 'Must provide a "guid" with each operation when using a module-level patch.'


class _Operation(Json):
    """One operation of a patch, which is well formed by RFC 6902, section 4."""

    def deserialize(self, cstruct: Any = null) -> Any:
        if not isinstance(cstruct, dict):
            raise Invalid(self, "Individual PATCH operations must be JSON objects")
        return super().deserialize(cstruct)

    def validator(self, node: colander.SchemaNode, operation: dict[str, Any]) -> None:
        op, path = operation.get("op"), operation.get("path")
        faults = []
        if op not in OPERATIONS:
            faults.append("operation not supported")
        if not (isinstance(path, str) and path.startswith("/")):
            faults.append("Path is required and must always begin with /")
        if op in NEEDS_VALUE and "value" not in operation:
            faults.append("value is required")
        if op in NEEDS_FROM and not isinstance(operation.get("from"), str):
            faults.append("from is required")
        if faults:
            raise Invalid(node, faults)


class _Operations(Field):
    """The body of a patch: a list of well-formed operations."""

    schema_type = types.Sequence

    def deserialize(self, cstruct: Any = null) -> Any:
        if not isinstance(cstruct, list):
            raise Invalid(self, NOT_A_LIST)
        return super().deserialize(cstruct)


TOO_MANY = f"More than {MAX_OPERATIONS} operations."
OPERATIONS_BODY = _Operations(_Operation(), validator=Length(max=MAX_OPERATIONS, max_err=TOO_MANY))


class PatchSchema(Schema):
    """The paths that PATCH may change: fields of the document, or actions."""


class Actions(Field):
    """A path whose operations are actions, each with the node of its value.

    `remove=None` declares a removal without a value.

    Args:
        permission: The permission at the address that callers need for the path.
        operations: The node of the value of each operation.
    """

    schema_type = types.Json
    missing = drop
    write_only = True

    def __init__(
        self,
        *,
        name: str = "",
        description: str = "",
        refers: Reference | None = None,
        permission: str | None = None,
        **operations: Any,
    ) -> None:
        super().__init__(name=name, description=description, refers=refers, permission=permission)
        self.operations: dict[str, Any] = operations


class PatchAction(NamedTuple):
    """One operation on a path of actions: the operation, the name of the path, and its value."""

    op: str
    name: str
    value: Any


class BulkAction(NamedTuple):
    """An action, and the guid of its object; None for all objects."""

    guid: UUID | None
    action: PatchAction


@dataclass
class Change:
    """The effect of a patch.

    Attributes:
        values: The new values of the changed fields.
        tested: The values that operations `test` have for virtual fields, such as a password.
        actions: The operations on paths of actions, in their order.
        contributed: The new values of changed fields of other modules, which write them.
        order: The index of the first operation on each field.
    """

    values: dict[str, Any] = field(default_factory=dict)
    tested: dict[str, Any] = field(default_factory=dict)
    actions: list[PatchAction] = field(default_factory=list)
    contributed: dict[str, Any] = field(default_factory=dict)
    order: dict[str, int] = field(default_factory=dict, compare=False)

    def apply_to(self, row: Any, *, but: Iterable[str] = ()) -> None:
        """Set the new values as attributes of a row, except those of some fields."""
        for name in self.values.keys() - set(but):
            setattr(row, name, self.values[name])


def apply(document: Mapping[str, Any], operations: Any, schema: PatchSchema) -> Change:
    """The changes of a document by RFC 6902 operations; the document itself is not changed.

    Args:
        document: The JSON values of the fields of the schema.
        operations: The body of the request.
        schema: The paths that may be changed.

    Raises:
        Unprocessable: An operation is not valid; `messages` is keyed by its index.
        Conflict: A test failed, or there is no value at the path; `messages` is keyed as well.
    """
    operations = load(OPERATIONS_BODY, operations)
    if not operations:
        return Change()
    patched = _PatchedDocument(document, schema)
    for index, operation in enumerate(operations):
        try:
            patched.apply(index, operation)
        except (Conflict, Unprocessable) as failure:
            raise _failure(type(failure), index, operation, failure.message) from None
    try:
        return patched.change()
    except InvalidInput as invalid:
        index, text = patched.failing_operation(invalid)
        raise _failure(Unprocessable, index, operations[index], text) from None


def merge(document: Mapping[str, Any], patch: Any, schema: PatchSchema) -> Change:
    """The changes of a document by an RFC 7396 merge; null removes a member.

    Raises:
        Unprocessable: Some fields are not valid; `messages` names them.
    """
    if not isinstance(patch, dict):
        raise Unprocessable(messages={WHOLE: ["A merge patch must be a JSON object."]})
    patched = _PatchedDocument(document, schema)
    unknown = [name for name in patch if name not in patched.fields]
    if unknown:
        raise Unprocessable(messages={quoted(name): [UNKNOWN_PATH] for name in unknown})
    for name, value in patch.items():
        patched.put(name, merged(patched.document.get(name), value))
    return patched.change()


def apply_to_many(operations: Any, schema: PatchSchema) -> list[BulkAction]:
    """The actions of a patch of many objects.

    Raises:
        Unprocessable: The patch is not valid, or an operation has no guid.
    """
    actions = apply({}, operations, schema).actions
    return [
        BulkAction(_guid(index, operation), action)
        for index, (operation, action) in enumerate(zip(operations, actions, strict=True))
    ]


def _guid(index: int, operation: Mapping[str, Any]) -> UUID | None:
    guid = operation.get("guid")
    if guid is None and operation["op"] == "test":
        return None
    if not isinstance(guid, str) or not GUID_FORM.match(guid):
        raise Unprocessable(f"Operation {index}: {NO_GUID}", messages={str(index): [NO_GUID]})
    return UUID(guid)


class _PatchedDocument:
    """A copy of the document, with JSON values, that operations are applied to."""

    def __init__(self, document: Mapping[str, Any], schema: PatchSchema) -> None:
        self._schema = schema
        self._before: dict[str, Any] = copied(dict(document))
        self.fields = {child.name: child for child in schema.children}
        self.document: dict[str, Any] = copied(self._before)
        self._tested: dict[str, Any] = {}
        self._actions: list[PatchAction] = []
        self._touched, self._order = dict[str, int](), dict[str, int]()
        self._may_be_copied = MAX_COPIED

    def apply(self, index: int, operation: dict[str, Any]) -> None:
        """Apply one operation; the errors have the reason only."""
        op, parts = operation["op"], self._parts(operation["path"])
        name = parts[0]
        source = self._source(op, operation["from"]) if op in NEEDS_FROM else name
        declared = self.fields[name]
        if declared.virtual:
            self._test_virtual(op, parts, operation)
        elif isinstance(declared, Actions):
            self._add_action(declared, op, parts, operation)
        elif declared.write_only:
            self._replace(op, parts, operation)
        elif declared.association and len(parts) == 1 and self._associate(op, name, operation):
            pass
        elif op == "test":
            self._test(operation)
        elif op == "replace" and len(parts) == 1 and name in self.document:
            self.document[name] = operation["value"]
        else:
            self._apply(operation)
        for each in (source, name) if op == "move" else (name,):
            self._touched[each] = index
            self._order.setdefault(each, index)

    def put(self, name: str, value: Any) -> None:
        """Set a field by a merge; None removes it."""
        declared = self.fields[name]
        self._touched[name] = self._order[name] = 0
        if isinstance(declared, Actions):
            raise Unprocessable(messages={name: ["This can only be changed by JSON Patch."]})
        if declared.virtual:
            self._tested[name] = value
        elif value is None and not declared.write_only:
            self.document.pop(name, None)
        else:
            self.document[name] = value

    def change(self) -> Change:
        """The difference from the document before, as the schema validates it."""
        changed = {
            name: value
            for name, value in self._values(self._touched).items()
            if name not in self._before or not equal(self._before[name], value)
        }
        if self._schema.validator is None:
            values = load_members(self._schema, changed | self._tested)
        else:
            values = load(self._schema, self._values(self.fields) | self._tested)
        changed = {name: values[name] for name in changed}
        return Change(changed, self._tested, self._actions, order=self._order)

    def _values(self, names: Iterable[str]) -> dict[str, Any]:
        """The values of fields; that of a removed field is null, or an empty list."""
        values: dict[str, Any] = {}
        for name in names:
            declared = self.fields[name]
            if declared.virtual or declared.read_only:
                continue
            if name in self.document:
                values[name] = self.document[name]
            elif not declared.write_only:
                values[name] = [] if isinstance(declared.typ, types.Sequence) else None
        return values

    def failing_operation(self, invalid: InvalidInput) -> tuple[int, str]:
        """The index of the last operation on the first field that is not valid, and its fault."""
        path, texts = next(iter(invalid.messages.items()))
        name, _, below = path.partition(".")
        last = max(self._touched.values(), default=0)
        text = f"{below}: {texts[0]}" if below else texts[0]
        return self._touched.get(name, last), text

    def _parts(self, path: str) -> list[str]:
        try:
            parts: list[str] = jsonpointer.JsonPointer(path).parts
        except jsonpointer.JsonPointerException as error:
            raise Unprocessable(f"Not a valid JSON pointer: {error}.") from None
        if not parts or parts[0] not in self.fields:
            raise Unprocessable(UNKNOWN_PATH)
        return parts

    def _source(self, op: str, path: str) -> str:
        """The source field of a move or a copy; a hidden field cannot be read."""
        name = self._parts(path)[0]
        if self.fields[name].virtual or self.fields[name].write_only:
            raise Unprocessable(f"There is nothing to {op} at that path.")
        return name

    def _test_virtual(self, op: str, parts: list[str], operation: dict[str, Any]) -> None:
        if op != "test" or len(parts) > 1:
            raise Unprocessable("This path can only be tested.")
        if not equal(self._tested.setdefault(parts[0], operation["value"]), operation["value"]):
            raise Conflict("The test failed: another value was given before.")

    def _add_action(
        self, declared: Actions, op: str, parts: list[str], operation: dict[str, Any]
    ) -> None:
        if op not in declared.operations or len(parts) > 1:
            supported = " and ".join(f"`{name}`" for name in declared.operations)
            raise Unprocessable(f"This path supports {supported} only.")
        node, value = declared.operations[op], operation.get("value", null)
        if node is not None:
            try:
                value = node.deserialize(value)
            except colander.Invalid as invalid:
                raise Unprocessable(_sentence(invalid)) from None
        self._actions.append(PatchAction(op, parts[0], None if value is null else value))

    def _replace(self, op: str, parts: list[str], operation: dict[str, Any]) -> None:
        if op not in ("add", "replace") or len(parts) > 1:
            raise Unprocessable("This path can only be replaced.")
        self.document[parts[0]] = operation["value"]

    def _associate(self, op: str, name: str, operation: dict[str, Any]) -> bool:
        """Apply one of the two additions to the RFC; False if the operation is another one."""
        members = self.document.setdefault(name, [])
        if not isinstance(members, list):
            raise Conflict("There is no list at that path any more.")
        if op == "add" and not isinstance(operation["value"], list):
            members.append(operation["value"])
            return True
        if op == "remove" and "value" in operation:
            for position, member in enumerate(members):
                if equal(member, operation["value"]):
                    del members[position]
                    return True
            raise Conflict("The list does not have that value.")
        return False

    def _test(self, operation: dict[str, Any]) -> None:
        try:
            current = jsonpointer.resolve_pointer(self.document, operation["path"])
        except jsonpointer.JsonPointerException:
            raise Conflict("There is nothing at that path.") from None
        if not equal(current, operation["value"]):
            raise Conflict("The test failed: the current value is different.")

    def _apply(self, operation: dict[str, Any]) -> None:
        if operation["op"] == "move" and operation["path"].startswith(f"{operation['from']}/"):
            raise Unprocessable("A value cannot be moved into itself.")
        try:
            if operation["op"] == "copy":
                self._count_copy(operation["from"])
            jsonpatch.JsonPatch([copied(operation)]).apply(self.document, in_place=True)
        except jsonpatch.InvalidJsonPatch as error:
            raise Unprocessable(f"{error}.") from None
        except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException, TypeError):
            reason = "There is nothing at that path, or it cannot have a value there."
            raise Conflict(reason) from None

    def _count_copy(self, path: str) -> None:
        self._may_be_copied -= len(dumps(jsonpointer.resolve_pointer(self.document, path)))
        if self._may_be_copied < 0:
            raise Unprocessable("The document becomes too large.")


def _sentence(invalid: colander.Invalid) -> str:
    """The faults of a value as one sentence, each with its path."""
    return " ".join(
        text if path == WHOLE else f"{path}: {text}"
        for path, texts in messages_of(invalid).items()
        for text in texts
    )


def _failure(error: type[ApiError], index: int, operation: dict[str, Any], reason: str) -> ApiError:
    text = f"Operation {index} ({operation['op']} {operation['path'][:200]}): {reason}"
    return error(text, messages={str(index): [reason]})
