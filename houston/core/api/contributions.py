"""Contributed fields: fields that a module adds to the documents of a module below it.

`config.contribute(UserSchema, "teams", ListOf(TeamSchema()), teams_of)` adds a field to each
document of that schema, and of those that derive from it, in this application: in responses and in
the API document. Its values are loaded for all documents of a response at once. Without a loader
the node itself reads its value from the object that is rendered.

`config.contribute_to_patch(UserPatch, "quota", Integer(0), set_quota)` adds a field that PATCH may
change. Its value before the patch is read as in a document; the new one is written after the view
has changed the other fields.

`config.contribute_to_search(ANNOTATIONS, {"sighting_guid": field})` adds fields to the searches of
a list. They are there in all applications of the process.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from pyramid.config import Configurator
from sqlalchemy import ColumnElement, bindparam, select

from houston.core.api.listing import Listing
from houston.core.api.loading import relations_of, rows_by
from houston.core.db.session import Session
from houston.core.db.types import Guid
from houston.core.schema.nodes import Field, Schema
from houston.core.services import Services, services_of

SchemaType = TypeVar("SchemaType", bound=Schema)

Loader = Callable[[Services, Session, Sequence[Any]], Sequence[Any]]
"""`load(services, db, objects)` returns the values for some objects, in their order."""

Apply = Callable[[Services, Session, Any, Any], None]
"""`apply(services, db, row, value)`: write the value that a patch gives to the field of a row."""


class Subject:
    """The object of a document in a condition of SQL: statements are executed with its guid."""

    guid: ColumnElement[Any] = bindparam("subject_guid", type_=Guid())


class Contribution(NamedTuple):
    """A field that is added to a schema, with the function that loads or writes its values.

    Attributes:
        where: The condition under which the list of an object has members.
    """

    name: str
    node: Field
    load: Loader | None = None
    apply: Apply | None = None
    where: ColumnElement[bool] | None = None


class Contributions:
    """The contributed fields of one application by the class of the schema."""

    def __init__(self) -> None:
        self._by_schema: dict[type[Schema], list[Contribution]] = {}

    def add(self, schema: type[Schema], contribution: Contribution) -> None:
        """Add a field."""
        self._by_schema.setdefault(schema, []).append(contribution)

    def of(self, schema: type[Schema]) -> Iterator[Contribution]:
        """The contributed fields of a schema and of those that it derives from.

        One of a derived schema replaces that of the same name.
        """
        found: dict[str, Contribution] = {}
        for base in reversed(schema.__mro__):
            found |= {each.name: each for each in self._by_schema.get(base, ())}
        yield from found.values()

    def complete(self, schema: SchemaType) -> SchemaType:
        """The schema of a patch with the fields of other modules."""
        completed = schema.clone()
        completed.children.extend(each.node for each in self.of(type(schema)))
        return completed


def contribute(
    config: Configurator,
    schema: type[Schema],
    name: str,
    node: Field,
    load: Loader | None = None,
    *,
    where: ColumnElement[bool] | None = None,
) -> None:
    """Add a field to the documents of a schema.

    Args:
        where: The condition under which the list of an object has members, by `Subject.guid`. One
            statement tells it for all such lists of a single document; empty ones are not loaded.
    """
    _add(config, schema, Contribution(name, node, load=load, where=where))


def contribute_to_patch(
    config: Configurator, schema: type[Schema], name: str, node: Field, apply: Apply
) -> None:
    """Add a field to those that a patch may change."""
    _add(config, schema, Contribution(name, node, apply=apply))


def contribute_to_search(
    _config: Configurator, listing: Listing, fields: Mapping[str, Any], *, private: bool = False
) -> None:
    """Add fields to those that a search of a list may have.

    Private ones find only rows that the caller may read.
    """
    listing.add_fields(fields, private=private)


def _add(config: Configurator, schema: type[Schema], contribution: Contribution) -> None:
    contribution.node.name = contribution.name
    add = services_of(config)[Contributions].add
    discriminator = ("houston.contribution", schema, contribution.name)
    config.action(discriminator, add, (schema, contribution))


class Guard:
    """Tells which lists of one object have members, by the conditions of their contributions."""

    def __init__(self, contributions: Iterable[Contribution]) -> None:
        conditions: dict[str, Any] = {
            each.name: each.where for each in contributions if each.where is not None
        }
        self._names, self._statement = tuple(conditions), select(*conditions.values())

    def empty(self, db: Session, subject: Any) -> Collection[str]:
        """The names of the lists without members; none of lists without conditions."""
        if not self._names:
            return ()
        # The connection skips what the session does for entities.
        execute = db.connection().execute
        holds = execute(self._statement, {"subject_guid": subject.guid}).one()
        return [name for name, held in zip(self._names, holds, strict=True) if not held]


def rows_that_refer(reference: Any, schema: Schema, *order: Any) -> Loader:
    """Return the loader of a field with the rows that refer to each object by its guid.

    Args:
        reference: The column that refers to the object, such as `Annotation.asset_guid`.
        schema: The schema of a row; the relations that it renders are loaded as well.
        order: The columns by which the rows are sorted.
    """
    relations = relations_of(schema)

    def load(_services: Services, db: Session, objects: Sequence[Any]) -> Sequence[Any]:
        guids = [each.guid for each in objects]
        found: dict[Any, list[Any]] = defaultdict(list)
        for row in rows_by(db, reference, guids, relations=relations, order=order):
            found[getattr(row, reference.key)].append(row)
        return [found[guid] for guid in guids]

    return load


def includeme(config: Configurator) -> None:
    """Let modules contribute fields."""
    services_of(config).add(Contributions())
    config.add_directive("contribute", contribute)
    config.add_directive("contribute_to_patch", contribute_to_patch)
    config.add_directive("contribute_to_search", contribute_to_search)
