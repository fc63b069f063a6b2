"""PATCH of many objects of a collection at once: each operation carries the guid of its object.

The paths are commands: verbs that are handed on in their order. A `test` may do without a guid;
what it says is there for all the operations after it.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from houston.core.api import patch
from houston.core.api.patch import Order, PatchSchema
from houston.core.errors import Unprocessable
from houston.core.schema.types.values import GUID_FORM

NO_GUID = 'Must provide a "guid" with each operation when using a module-level patch.'


class BulkAction(NamedTuple):
    """One order, and the guid of the object that it is for; None where it is for all."""

    guid: UUID | None
    order: Order


def apply(operations: Any, schema: PatchSchema) -> list[BulkAction]:
    """The orders of a patch of many objects; raises Unprocessable as a patch of one does."""
    orders = patch.apply({}, operations, schema).orders
    return [
        BulkAction(_guid(index, operation), order)
        for index, (operation, order) in enumerate(zip(operations, orders, strict=True))
    ]


def _guid(index: int, operation: Mapping[str, Any]) -> UUID | None:
    guid = operation.get("guid")
    if guid is None and operation["op"] == "test":
        return None
    if not isinstance(guid, str) or not GUID_FORM.match(guid):
        raise Unprocessable(f"Operation {index}: {NO_GUID}", messages={str(index): [NO_GUID]})
    return UUID(guid)
