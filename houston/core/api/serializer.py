"""Rendering by the schema: compiled once, so that an object costs one call and one dictionary.

orjson writes times, guids and enumerations of text itself. A field that only has to be read costs
its share of a single `attrgetter`, or of an `itemgetter` in the rows of a query, which are tuples;
only fields that hold objects of other schemas, or are computed, cost a call of their own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import Any

from houston.core.schema import types
from houston.core.schema.nodes import Field, Schema

Getter = Callable[[Any], Any]
Encoder = Callable[[Any], Any]


class Serializer:
    """Turns objects into dictionaries with the fields of one schema, in their order."""

    def __init__(
        self,
        plain: Mapping[str, str],
        encoders: Mapping[str, Encoder],
        order: Iterable[str],
        *,
        mapping: bool,
    ) -> None:
        self._blank = dict.fromkeys(order)
        self._plain, self._sources = tuple(plain), tuple(plain.values())
        self._get = _getter(self._sources, itemgetter if mapping else attrgetter)
        self._encoders = tuple(encoders.items())

    def one(self, source: Any) -> dict[str, Any]:
        """The dictionary of one object."""
        return self._rendered(source, self._get)

    def many(self, sources: Iterable[Any]) -> list[dict[str, Any]]:
        """The dictionaries of many objects of one kind."""
        objects = list(sources)
        get = self._getter_by_position(objects[0]) if objects else self._get
        return [self._rendered(each, get) for each in objects]

    def keyed(self, sources: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """The dictionaries of many objects by key."""
        return {key: self.one(source) for key, source in sources.items()}

    def _rendered(self, source: Any, get: Getter) -> dict[str, Any]:
        rendered = self._blank.copy()
        rendered.update(zip(self._plain, get(source), strict=True))
        for name, encode in self._encoders:
            rendered[name] = encode(source)
        return rendered

    def _getter_by_position(self, source: Any) -> Getter:
        """What reads objects like this one by position, if it is a tuple with names for all."""
        names = getattr(source, "_fields", ())
        if not set(self._sources).issubset(names):
            return self._get
        return _getter([names.index(name) for name in self._sources], itemgetter)


def compile(schema: Schema, *, mapping: bool = False) -> Serializer:
    """The serializer of `schema` for objects with attributes, or with `mapping` for mappings.

    Write-only and virtual fields are left out.
    """
    fields = [field for field in schema.children if not (field.write_only or field.virtual)]
    encoders = {field.name: _encoder(field, mapping) for field in fields if _needs_encoder(field)}
    plain = {field.name: _source(field) for field in fields if field.name not in encoders}
    return Serializer(plain, encoders, (field.name for field in fields), mapping=mapping)


def _source(field: Field) -> str:
    source: str = field.source or field.name
    return source


def _needs_encoder(field: Any) -> bool:
    return field.compute is not None or _holds_objects(field)


def _holds_objects(node: Any) -> bool:
    """Whether there are objects of a schema in what a node describes."""
    return isinstance(node, Schema) or (
        isinstance(node.typ, types.Sequence | types.Map) and _holds_objects(node.children[-1])
    )


def _encoder(field: Any, mapping: bool) -> Encoder:
    read = field.compute or _read_one(_source(field), mapping)
    if not _holds_objects(field):
        return read
    render = _renderer(field, mapping)
    return lambda source: render(read(source))


def _renderer(node: Any, mapping: bool) -> Encoder:
    """The function that renders a value of a node, whatever it holds; None stays None."""
    if isinstance(node, Schema):
        one = compile(node, mapping=mapping or node.from_mapping).one
        return lambda value: None if value is None else one(value)
    if not _holds_objects(node):
        return lambda value: value
    member = _renderer(node.children[-1], mapping)
    if isinstance(node.typ, types.Map):
        return lambda value: value and {name: member(each) for name, each in value.items()}
    return lambda value: value if value is None else [member(each) for each in value]


def _read_one(name: str, mapping: bool) -> Getter:
    return itemgetter(name) if mapping else attrgetter(name)


def _getter(sources: Sequence[Any], of: Callable[..., Getter]) -> Getter:
    """One call that reads all plain fields."""
    if not sources:
        return lambda _source: ()
    read = of(*sources)
    return read if len(sources) > 1 else lambda source: (read(source),)
