"""Eager loading of the relations that a schema renders, by one statement for each relation.

The relations follow from the sources of the fields, and from `loads` of computed fields. The number
of statements does not depend on the number of objects.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Mapper, selectinload

from houston.core.db.session import Session
from houston.core.schema.nodes import Schema

Relations = Mapping[str, "Relations"]
"""The relations that are rendered, each with those of the related objects."""


def relations_of(schema: Schema) -> Relations:
    """The relations that the rendering of a schema reads."""
    found: dict[str, Any] = {}
    for path in _paths(schema):
        place = found
        for name in path:
            place = place.setdefault(name, {})
    return found


def load(db: Session, objects: Iterable[Any], relations: Relations) -> None:
    """Load the relations of rows that are not loaded yet; objects of other kinds are ignored."""
    by_class: dict[Any, list[Any]] = {}
    for each in objects:
        state = inspect(each, raiseerr=False)
        mapper = getattr(state, "mapper", None)
        if mapper is not None and not _is_loaded(each, mapper, relations):
            by_class.setdefault(mapper, []).append(state.identity[0])
    for mapper, keys in by_class.items():
        key, options = mapper.primary_key[0], _options(mapper, relations)
        db.scalars(select(mapper.class_).where(key.in_(keys)).options(*options)).all()


def options_for(relations: Relations) -> Callable[[Any], Sequence[Any]]:
    """The function that returns the loader options of some relations for a mapped class."""
    return cache(lambda model: _options(inspect(model), relations))


def _paths(schema: Schema) -> Iterator[tuple[str, ...]]:
    for field in schema.children:
        if field.write_only or field.virtual:
            continue
        for loaded in field.loads:
            yield tuple(loaded.split("."))
        if field.compute is not None:
            continue
        path = tuple((field.source or field.name).split("."))
        nested = _schema_in(field)
        yield path if nested else path[:-1]
        for below in _paths(nested) if nested else ():
            yield path + below


def _schema_in(node: Any) -> Schema | None:
    """The schema of the objects that a field holds, if it holds some."""
    while not isinstance(node, Schema):
        if not node.children:
            return None
        node = node.children[-1]
    return node


def _options(mapper: Mapper[Any], relations: Relations) -> list[Any]:
    return [
        selectinload(getattr(mapper.class_, name)).options(
            *_options(mapper.relationships[name].mapper, below)
        )
        for name, below in relations.items()
        if name in mapper.relationships
    ]


def _is_loaded(row: Any, mapper: Mapper[Any], relations: Relations) -> bool:
    unloaded = inspect(row).unloaded
    for name, below in relations.items():
        if name not in mapper.relationships:
            continue
        if name in unloaded:
            return False
        value = getattr(row, name)
        related = mapper.relationships[name].mapper
        rows = value if mapper.relationships[name].uselist else [value] if value else []
        if not all(_is_loaded(each, related, below) for each in rows):
            return False
    return True
