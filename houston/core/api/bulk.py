"""PATCH of many objects of a collection: each operation has the guid of its object.

All paths are `Actions`, whose operations are passed to the service in their order. A `test` needs
no guid: its value is known to all later operations.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from houston.core.api import patch
from houston.core.api.patch import PatchAction, PatchSchema
from houston.core.errors import Unprocessable
from houston.core.values import GUID_FORM

NO_GUID = 'Must provide a "guid" with each operation when using a module-level patch.'


class BulkAction(NamedTuple):
    """An action, and the guid of its object; None for all objects."""

    guid: UUID | None
    action: PatchAction


def read(operations: Any, schema: PatchSchema) -> list[BulkAction]:
    """The actions of a patch of many objects.

    Raises:
        Unprocessable: The patch is not valid, or an operation has no guid.
    """
    actions = patch.apply({}, operations, schema).actions
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
