"""Serializers: rendering by schemas, which are compiled once.

orjson writes times, guids and enumerations of text itself. All plain fields are read by a single
`attrgetter`, or by an `itemgetter` of the rows of a query, which are tuples; only computed fields
and those with objects of other schemas need a call each.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from houston.core.api.contributions import Contribution, Contributions, Guard
from houston.core.db.session import Session
from houston.core.schema import types
from houston.core.schema.nodes import Field, Schema
from houston.core.services import Services

Getter = Callable[[Any], Any]
Rendered = dict[str, Any]


class Unfilled(NamedTuple):
    """A rendered object whose contributed fields are not loaded yet."""

    serializer: "Serializer"
    rendered: Rendered
    source: Any


Renderer = Callable[[Any, list[Unfilled]], Any]
"""Renders a value, and adds the objects in it whose contributed fields are not loaded yet."""


class Serializer:
    """Renders objects as dictionaries with the fields of one schema, in their order.

    Attributes:
        contributed: The contributed fields, each with the renderer of its values.
        guard: Tells which contributed lists of an object are empty.
    """

    def __init__(
        self, fields: Iterable[Field], contributed: Iterable[Contribution], compiler: "Compiler"
    ) -> None:
        read_one: Any = itemgetter if compiler.mapping else attrgetter
        plain: dict[str, str] = {}
        self._blank: Rendered = {}
        self._computed: list[tuple[str, Getter]] = []
        self._nested: list[tuple[str, Getter, Renderer]] = []
        for field in fields:
            self._blank[field.name] = None
            source = field.source or field.name
            if _holds_objects(field):
                read = field.compute or read_one(source)
                self._nested.append((field.name, read, compiler.of(field)))
            elif field.compute:
                self._computed.append((field.name, field.compute))
            else:
                plain[field.name] = source
        self._plain, self._sources = tuple(plain), tuple(plain.values())
        self._get = _getter(self._sources, read_one)
        self.contributed = tuple((each, compiler.of(each.node)) for each in contributed)
        self.guard = Guard(each for each, _ in self.contributed)
        self._blank |= dict.fromkeys(each.name for each, _ in self.contributed)

    def one(self, source: Any, unfilled: list[Unfilled] | None = None) -> Rendered:
        """The dictionary of one object."""
        return self._rendered(source, self._get, unfilled if unfilled is not None else [])

    def many(
        self, sources: Iterable[Any], unfilled: list[Unfilled] | None = None
    ) -> list[Rendered]:
        """The dictionaries of many objects of one kind."""
        objects = list(sources)
        get = self._getter_by_position(objects[0]) if objects else self._get
        pending = unfilled if unfilled is not None else []
        return [self._rendered(each, get, pending) for each in objects]

    def keyed(self, sources: Mapping[str, Any], unfilled: list[Unfilled]) -> dict[str, Rendered]:
        """The dictionaries of many objects by key."""
        return {key: self.one(source, unfilled) for key, source in sources.items()}

    def _rendered(self, source: Any, get: Getter, unfilled: list[Unfilled]) -> Rendered:
        rendered = self._blank.copy()
        rendered.update(zip(self._plain, get(source), strict=True))
        for name, compute in self._computed:
            rendered[name] = compute(source)
        for name, read, render in self._nested:
            rendered[name] = render(read(source), unfilled)
        if self.contributed:
            unfilled.append(Unfilled(self, rendered, source))
        return rendered

    def _getter_by_position(self, source: Any) -> Getter:
        """The getter of objects like this one by position, if it is a tuple with names for all."""
        names = getattr(source, "_fields", ())
        if not set(self._sources).issubset(names):
            return self._get
        return _getter([names.index(name) for name in self._sources], itemgetter)


class Compiler:
    """Compiles schemas for one application.

    Args:
        contributions: The fields that other modules add.
        mapping: Whether the objects are mappings, and not objects with attributes.
    """

    def __init__(self, contributions: Contributions, *, mapping: bool = False) -> None:
        self.contributions, self.mapping = contributions, mapping

    def serializer(self, schema: Schema) -> Serializer:
        """The serializer of a schema, without write-only and virtual fields."""
        fields = [field for field in schema.children if not (field.write_only or field.virtual)]
        contributed = list(self.contributions.of(type(schema)))
        fields += [each.node for each in contributed if each.load is None]
        compiler = Compiler(self.contributions, mapping=self.mapping or schema.from_mapping)
        return Serializer(fields, (each for each in contributed if each.load), compiler)

    def of(self, node: Any) -> Renderer:
        """The function that renders the values of a node; None stays None."""
        if isinstance(node, Schema):
            one = self.serializer(node).one
            return lambda value, unfilled: None if value is None else one(value, unfilled)
        if not _holds_objects(node):
            return lambda value, _unfilled: value
        member = self.of(node.children[-1])
        if isinstance(node.typ, types.Map):
            return lambda value, unfilled: (
                value and {name: member(each, unfilled) for name, each in value.items()}
            )
        return lambda value, unfilled: (
            value if value is None else [member(each, unfilled) for each in value]
        )


def compile(schema: Schema, *, mapping: bool = False) -> Serializer:
    """The serializer of a schema without contributed fields."""
    return Compiler(Contributions(), mapping=mapping).serializer(schema)


def fill(services: Services, db: Session, unfilled: list[Unfilled]) -> None:
    """Load the contributed fields of rendered objects, each by one call for all objects."""
    while unfilled:
        pending: dict[int, list[tuple[Unfilled, Contribution, Renderer]]] = {}
        first = unfilled[0]
        empty = first.serializer.guard.empty(db, first.source) if len(unfilled) == 1 else ()
        for each in unfilled:
            for contribution, render in each.serializer.contributed:
                if contribution.name in empty:
                    each.rendered[contribution.name] = []
                else:
                    pending.setdefault(id(contribution), []).append((each, contribution, render))
        unfilled = []
        for same in pending.values():
            contribution = same[0][1]
            assert contribution.load is not None  # the compiler has made the others own fields
            values = contribution.load(services, db, [each.source for each, *_ in same])
            for (each, _, render), value in zip(same, values, strict=True):
                each.rendered[contribution.name] = render(value, unfilled)


def _holds_objects(node: Any) -> bool:
    """Return whether the values of a node contain objects of a schema to render."""
    if getattr(node, "as_is", False):
        return False
    return isinstance(node, Schema) or (
        isinstance(node.typ, types.Sequence | types.Map) and _holds_objects(node.children[-1])
    )


def _getter(sources: Sequence[Any], of: Callable[..., Getter]) -> Getter:
    """The function that reads all `sources` by one call."""
    if not sources:
        return lambda _source: ()
    read = of(*sources)
    return read if len(sources) > 1 else lambda source: (read(source),)
