"""Eager loading of the relations that a schema renders, by one statement for each collection.

The relations follow from the sources of the fields, and from `loads` of computed fields. References
to single objects are joined, and so are collections that are declared as `FEW`. The number of
statements does not depend on the number of objects.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, inspect, select
from sqlalchemy.orm import Mapper, RelationshipProperty, joinedload, selectinload

from houston.core.db.session import Session
from houston.core.schema.nodes import Schema

Loader = Callable[..., object]

BATCH = 1000
"""The number of keys of a statement: a database takes a limited number of parameters."""


class Relations(dict[str, "Relations"]):
    """The relations that are rendered, each with those of the related objects.

    Attributes:
        loaders: The functions that load other data of the objects.
    """

    def __init__(self) -> None:
        super().__init__()
        self.loaders: set[Loader] = set()

    def __hash__(self) -> int:  # type: ignore[override]  # dictionaries have none
        return id(self)

    def __bool__(self) -> bool:
        return bool(len(self) or self.loaders)

    def at(self, path: Iterable[str]) -> "Relations":
        """The relations of the objects at a path of attributes."""
        place = self
        for name in path:
            place = place.setdefault(name, Relations())
        return place

    def merge(self, other: "Relations") -> None:
        """Add the relations of another rendering of the objects."""
        self.loaders |= other.loaders
        for name, below in other.items():
            self.at([name]).merge(below)


NONE = Relations()
"""The relations of rows that are rendered alone."""


def relations_of(schema: Schema) -> Relations:
    """The relations that the rendering of a schema reads."""
    found = Relations()
    _add(found, schema)
    return found


def load(db: Session, objects: Iterable[Any], relations: Relations) -> None:
    """Load the relations of rows that are not loaded yet; objects of other kinds are ignored."""
    by_mapper: dict[Mapper[Any], list[Any]] = {}
    for each in objects:
        mapper = getattr(inspect(each, raiseerr=False), "mapper", None)
        if mapper is not None:
            by_mapper.setdefault(mapper, []).append(each)
    rows_of: dict[Loader, list[Any]] = {}
    for mapper, rows in by_mapper.items():
        own = _of_mapper(mapper, relations)
        _load_relations(db, mapper, rows, own)
        _collect(rows, own, rows_of)
    _load_others(db, rows_of)


def rows_by(
    db: Session,
    column: Any,
    keys: Sequence[Any],
    *,
    relations: Relations | None = None,
    order: tuple[Any, ...] = (),
) -> list[Any]:
    """The rows that have one of some keys in a column.

    Args:
        column: The attribute of a mapped class, such as `Annotation.asset_guid`.
        keys: The values of the column, as many as there are.
        relations: The relations that are loaded with the rows.
        order: The columns by which the rows of a key are sorted.
    """
    statement = _selection(column, relations or NONE, order)
    found: list[Any] = []
    for start in range(0, len(keys), BATCH):
        batch = {"keys": keys[start : start + BATCH]}
        found += db.scalars(statement, batch).unique()
    return found


def options_for(relations: Relations) -> Callable[[Any], Sequence[Any]]:
    """The function that returns the loader options of some relations for a mapped class."""
    return lambda model: _options(inspect(model), _of_mapper(inspect(model), relations))


def _add(place: Relations, schema: Schema) -> None:
    if schema.loader is not None:
        place.loaders.add(schema.loader)
        return
    for field in schema.children:
        if field.write_only or field.virtual:
            continue
        for loaded in field.loads:
            place.at(loaded.split("."))
        for path, loader in field.preloads.items():
            place.at(path.split(".") if path else ()).loaders.add(loader)
        if field.compute is not None:
            continue
        path = (field.source or field.name).split(".")
        nested = _schema_in(field)
        below = place.at(path if nested else path[:-1])
        if nested:
            _add(below, nested)


def _schema_in(node: Any) -> Schema | None:
    """The schema of the objects that a field holds, if it holds some."""
    while not isinstance(node, Schema):
        if not node.children:
            return None
        node = node.children[-1]
    return node


@cache
def _of_mapper(mapper: Mapper[Any], relations: Relations) -> Relations:
    """The relations of the objects of a class alone."""
    found = Relations()
    found.merge(relations)
    _fold(mapper, found)
    return found


def _fold(mapper: Mapper[Any], relations: Relations) -> None:
    """Merge the relations that are reached through a member back to its owner into the owner's."""
    pending = list(relations)
    while pending:
        name = pending.pop()
        if name not in mapper.relationships:
            relations.pop(name, None)
            continue
        relation, below = mapper.relationships[name], relations[name]
        _fold(relation.mapper, below)
        back = relation.back_populates
        if back in below and not relation.mapper.relationships[back].uselist:
            rest = below.pop(back)
            relations.merge(rest)
            pending.extend(rest)


@cache
def _options(mapper: Mapper[Any], relations: Relations) -> list[Any]:
    return [
        _strategy(relation)(getattr(mapper.class_, relation.key)).options(
            *_options(relation.mapper, relations[relation.key])
        )
        for relation in mapper.relationships
        if relation.key in relations
    ]


def _strategy(relation: RelationshipProperty[Any]) -> Callable[[Any], Any]:
    is_joined = not relation.uselist or "few" in relation.info
    return joinedload if is_joined else selectinload


@cache
def _selection(column: Any, relations: Relations, order: tuple[Any, ...]) -> Select[Any]:
    """The statement of `rows_by`: building one is slower than running it."""
    model = column.class_
    chosen = select(model).where(column.in_(bindparam("keys", expanding=True))).order_by(*order)
    return chosen.options(*options_for(relations)(model))


def _load_relations(
    db: Session, mapper: Mapper[Any], rows: Iterable[Any], relations: Relations
) -> None:
    missing = [inspect(row).identity[0] for row in rows if not _is_loaded(row, relations)]
    if missing:
        key = mapper.get_property_by_column(mapper.primary_key[0])
        rows_by(db, key.class_attribute, missing, relations=relations)


def _is_loaded(row: Any, relations: Relations) -> bool:
    unloaded = inspect(row).unloaded
    return not any(name in unloaded for name in relations) and all(
        _is_loaded(each, below) for name, below in relations.items() for each in _related(row, name)
    )


def _load_others(db: Session, rows_of: Mapping[Loader, Sequence[Any]]) -> None:
    """Call the loaders; those of one kind, which have `together`, are called once."""
    kinds: dict[Any, dict[Loader, Sequence[Any]]] = {}
    for loader, rows in rows_of.items():
        together = getattr(loader, "together", None)
        if together is None:
            loader(db, rows)
        else:
            kinds.setdefault(together, {})[loader] = rows
    for together, of_kind in kinds.items():
        together(db, of_kind)


def _collect(rows: Sequence[Any], relations: Relations, rows_of: dict[Loader, list[Any]]) -> None:
    """Collect the rows of each loader."""
    for loader in relations.loaders:
        rows_of.setdefault(loader, []).extend(rows)
    for name, below in relations.items():
        if _has_loaders(below):
            _collect([each for row in rows for each in _related(row, name)], below, rows_of)


@cache
def _has_loaders(relations: Relations) -> bool:
    return bool(relations.loaders) or any(map(_has_loaders, relations.values()))


def _related(row: Any, name: str) -> Iterator[Any]:
    value = getattr(row, name)
    yield from value if isinstance(value, list) else [value] if value is not None else []
