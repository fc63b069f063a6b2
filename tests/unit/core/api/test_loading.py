"""A response loads the relations in its schema, with a constant number of statements."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from houston.core.api.loading import load, options_for, relations_of
from houston.core.api.serializer import compile
from houston.core.db.session import Database
from houston.core.schema.nodes import Guid, Integer, ListOf, Schema, String
from tests.unit.core.api.ark import Herd, database, statements


class OwnerSchema(Schema):
    name = String()


class AnimalSchema(Schema):
    name = String()


class HerdSchema(Schema):
    guid = Guid()
    owner = OwnerSchema()
    owner_name = String(source="owner.name")
    animals = ListOf(AnimalSchema())


class SizeSchema(Schema):
    size = Integer(compute=lambda herd: len(herd.animals), loads=("animals",))


class MemberSchema(Schema):
    owner_name = String(source="herd.owner.name")


class MembersSchema(Schema):
    animals = ListOf(MemberSchema())


class PlainSchema(Schema):
    name = String()


@pytest.fixture
def ark() -> Iterator[Database]:
    created = database()
    yield created
    created.engine.dispose()


def test_relations_are_those_of_the_sources() -> None:
    assert relations_of(HerdSchema()) == {"owner": {}, "animals": {}}
    assert relations_of(SizeSchema()) == {"animals": {}}
    assert relations_of(PlainSchema()) == {}


@pytest.mark.parametrize(
    ("schema", "number"), [(HerdSchema(), 2), (SizeSchema(), 2), (MembersSchema(), 2)]
)
@pytest.mark.parametrize("limit", [1, 3])
def test_number_of_statements_does_not_grow(
    ark: Database, schema: Any, number: int, limit: int
) -> None:
    relations = relations_of(schema)
    with ark.reading() as db:
        herds = db.scalars(select(Herd).order_by(Herd.name).limit(limit)).all()
        with statements(ark) as observed:
            load(db, herds, relations)
            assert len(observed) == number
            rendered = compile(schema).many(herds)
            load(db, herds, relations)
            assert len(observed) == number
    assert len(rendered) == limit


def test_object_is_loaded_with_its_relations(ark: Database) -> None:
    options = options_for(relations_of(HerdSchema()))(Herd)
    with ark.reading() as db, statements(ark) as observed:
        herd = db.scalars(select(Herd).options(*options).limit(1)).one()
        few = len(observed)
        rendered = compile(HerdSchema()).one(herd)
        assert len(observed) == few
    assert rendered["owner"] == {"name": "Ada"}
    assert [animal["name"] for animal in rendered["animals"]] == ["north0", "north1"]


def test_other_objects_are_not_changed(ark: Database) -> None:
    with ark.reading() as db, statements(ark) as observed:
        load(db, [{"animals": 1}, ("row",), None], relations_of(HerdSchema()))
        assert observed == []


def test_loader_receives_all_objects_of_its_schema(ark: Database) -> None:
    given: list[list[str]] = []

    class LoadedSchema(Schema):
        loader = staticmethod(lambda _db, rows: given.append([row.name for row in rows]))
        name = String()

    class ParentSchema(Schema):
        animals = ListOf(LoadedSchema())

    with ark.reading() as db:
        herds = db.scalars(select(Herd).order_by(Herd.name).limit(2)).all()
        load(db, herds, relations_of(ParentSchema()))
        load(db, herds, relations_of(LoadedSchema()))
    assert given == [["north0", "north1", "south0", "south1"], ["north", "south"]]
