"""Rendering by the schema: compiled once, so that an object costs one call and one dictionary.

orjson writes times, guids and enumerations of text itself. A field that only has to be read costs
its share of a single `attrgetter`; only fields that hold objects of other schemas, or are computed,
cost a call of their own.
"""

from collections.abc import Callable, Iterable
from operator import attrgetter, itemgetter
from typing import Any

from houston.core.rest.schema import Field, Items, Schema

Getter = Callable[[Any], Any]
Encoder = Callable[[Any], Any]


class Serializer:
    """Turns objects into dictionaries with the fields of one schema, in their order."""

    def __init__(self, names: tuple[str, ...], get: Getter, encoders: dict[str, Encoder]) -> None:
        self._names, self._get, self._encoders = names, get, tuple(encoders.items())

    def one(self, source: Any) -> dict[str, Any]:
        """The dictionary of one object."""
        rendered = dict(zip(self._names, self._get(source), strict=True))
        for name, encode in self._encoders:
            rendered[name] = encode(source)
        return rendered

    def many(self, sources: Iterable[Any]) -> list[dict[str, Any]]:
        """The dictionaries of many objects."""
        return [self.one(source) for source in sources]


def compile(schema: Schema, *, mapping: bool = False) -> Serializer:
    """The serializer of `schema` for objects with attributes, or with `mapping` for mappings.

    Write-only and virtual fields are left out. A field that needs an encoder is placed first as
    None, which keeps its place in the order.
    """
    fields = [field for field in schema.children if not (field.write_only or field.virtual)]
    encoders = {field.name: _encoder(field, mapping) for field in fields if _needs_encoder(field)}
    plain = [_source(field) if field.name not in encoders else None for field in fields]
    names = tuple(field.name for field in fields)
    return Serializer(names, _getter(plain, mapping), encoders)


def _source(field: Field) -> str:
    source: str = field.source or field.name
    return source


def _needs_encoder(field: Any) -> bool:
    return field.compute is not None or isinstance(_member(field), Schema)


def _member(field: Any) -> Any:
    """The node of what a field holds: of the members for a list, else the field itself."""
    return field.children[0] if isinstance(field.typ, Items) else field


def _encoder(field: Any, mapping: bool) -> Encoder:
    read = field.compute or _read_one(_source(field), mapping)
    member = _member(field)
    if not isinstance(member, Schema):
        return read
    nested = compile(member, mapping=mapping)
    if isinstance(field.typ, Items):
        return lambda source: nested.many(read(source))

    def encode(source: Any) -> Any:
        value = read(source)
        return None if value is None else nested.one(value)

    return encode


def _read_one(name: str, mapping: bool) -> Getter:
    return itemgetter(name) if mapping else attrgetter(name)


def _getter(sources: list[str | None], mapping: bool) -> Getter:
    """One call that reads all plain fields, with None in the places of the others."""
    present = [source for source in sources if source is not None]
    make = itemgetter if mapping else attrgetter
    if not present:
        return lambda _source: (None,) * len(sources)
    read: Getter = make(*present)
    if len(present) == 1:
        single = read
        read = lambda source: (single(source),)  # noqa: E731
    if len(present) == len(sources):
        return read
    places = [index for index, source in enumerate(sources) if source is not None]
    blank = [None] * len(sources)

    def spread(source: Any) -> list[Any]:
        values: list[Any] = blank.copy()
        for index, value in zip(places, read(source), strict=True):
            values[index] = value
        return values

    return spread
