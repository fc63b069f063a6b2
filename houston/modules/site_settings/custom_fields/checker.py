"""Checking the custom fields of an object: all that is wrong is told at once, by field."""

from collections.abc import Mapping
from typing import Any

from houston.core.db.session import Session
from houston.core.errors import shown
from houston.core.services import Services
from houston.core.values import can_be_stored
from houston.modules.site_settings.custom_fields.readers import READERS, InvalidValue, References
from houston.modules.site_settings.snapshot import snapshot

Faults = dict[str, list[str]]

ALWAYS_SEVERAL = frozenset({"multiselect"})
PAIRS = frozenset({"daterange", "latlong"})
"""Their one value is a list by itself; that of a range is called multiple all the same."""


class CustomFields:
    """The custom fields of one class of objects; make one for all the objects of a request."""

    def __init__(self, services: Services, db: Session, noun: str) -> None:
        self._definitions = snapshot(services, db).definitions(noun)
        self._references = References(services, db)

    def check(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], Faults]:
        """The values as they are stored, and what is wrong with the others by the field's id.

        What is not among the values is not missed, be it required or not.
        """
        good: dict[str, Any] = {}
        faults: Faults = {}
        for id, value in values.items():
            definition = self._definitions.get(id)
            if definition is None:
                faults[shown(id)] = [f"invalid customField definition id {shown(id)}"]
                continue
            try:
                good[id] = self._read(definition, value)
            except InvalidValue as unfit:
                label = definition["schema"]["label"]
                reason = f'Value "{shown(value)}" is not valid for {label}'
                faults[id] = [str(unfit) or reason]
        return good, faults

    def _read(self, definition: Mapping[str, Any], value: Any) -> Any:
        """The value as it is stored; raises InvalidValue."""
        schema, required = definition["schema"], bool(definition.get("required"))
        if not can_be_stored(value):
            raise InvalidValue
        if value is None:
            return _null(schema, required)
        display = schema["displayType"]
        several = definition["multiple"] and display != "daterange"
        if several or display in ALWAYS_SEVERAL:
            return self._several(schema, value, required)
        if display in PAIRS and value == [None, None]:
            return _null(schema, required, value)
        return READERS[display](value, schema, self._references)

    def _several(self, schema: Mapping[str, Any], values: Any, required: bool) -> list[Any]:
        if not isinstance(values, list):
            raise InvalidValue("multiple=True but value is not list")
        if required and not values:
            raise InvalidValue
        read = READERS[schema["displayType"]]
        return [None if each is None else read(each, schema, self._references) for each in values]


def _null(schema: Mapping[str, Any], required: bool, value: Any = None) -> Any:
    """An absent value, which is good where none is required or null is one of the choices."""
    if required and not _is_choice(None, schema):
        raise InvalidValue
    return value


def _is_choice(value: Any, schema: Mapping[str, Any]) -> bool:
    return any(choice["value"] is value for choice in schema.get("choices") or ())
