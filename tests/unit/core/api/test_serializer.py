"""Objects are rendered with the fields of their schema, in order."""

from collections.abc import Iterator
from datetime import datetime, timezone
from enum import Enum
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from houston.core.api.serializer import compile
from houston.core.json import dumps
from houston.core.schema.nodes import (
    Choice,
    Guid,
    Instant,
    Integer,
    Json,
    ListOf,
    MapOf,
    Password,
    Schema,
    String,
)


class Sex(Enum):
    FEMALE = "female"


class AnimalSchema(Schema):
    name = String()
    secret = Password(write_only=True)


class HerdSchema(Schema):
    title = String()
    leader = AnimalSchema()
    size = Integer(compute=lambda herd: len(herd.animals))
    id = Integer(read_only=True)
    animals = ListOf(AnimalSchema())
    words = ListOf(String())


def schema_of(**fields: Any) -> Schema:
    """Return a schema with these fields."""
    created: Schema = type("MadeSchema", (Schema,), fields)()
    return created


def animal(name: str) -> SimpleNamespace:
    """Return an animal with more attributes than its schema."""
    return SimpleNamespace(name=name, secret="kept", legs=4)


@pytest.fixture
def herd() -> SimpleNamespace:
    """Return a herd of two animals."""
    ann, bob = animal("Ann"), animal("Bob")
    return SimpleNamespace(
        words=["a", "b"], id=7, title="Cows", leader=ann, animals=[ann, bob], secret="kept"
    )


def test_fields_are_those_of_the_schema_in_its_order(herd: SimpleNamespace) -> None:
    rendered = compile(HerdSchema()).one(herd)
    assert list(rendered.items()) == [
        ("title", "Cows"),
        ("leader", {"name": "Ann"}),
        ("size", 2),
        ("id", 7),
        ("animals", [{"name": "Ann"}, {"name": "Bob"}]),
        ("words", ["a", "b"]),
    ]


def test_fields_of_a_parent_schema_come_first(herd: SimpleNamespace) -> None:
    longer = type("LongerSchema", (HerdSchema,), {"first": Integer(compute=id)})
    rendered = compile(longer()).one(herd)
    assert list(rendered) == ["title", "leader", "size", "id", "animals", "words", "first"]
    assert rendered["first"] == id(herd)


def test_objects_are_in_their_order() -> None:
    animals: Iterator[SimpleNamespace] = (animal(name) for name in "cab")
    rendered = compile(AnimalSchema()).many(animals)
    assert rendered == [{"name": "c"}, {"name": "a"}, {"name": "b"}]
    assert compile(AnimalSchema()).many([]) == []


class Row(NamedTuple):
    """An animal as the row of a query, whose columns have another order."""

    legs: int
    name: str

    @property
    def title(self) -> str:
        return self.name.title()


def test_rows_of_a_query_are_read_by_the_names_of_their_columns() -> None:
    schema = Schema(String(name="name"), Integer(name="legs"))
    rows = [Row(4, "zebra"), Row(2, "crane")]
    assert compile(schema).many(rows) == [
        {"name": "zebra", "legs": 4},
        {"name": "crane", "legs": 2},
    ]


def test_rows_with_computed_attributes_are_read_as_objects() -> None:
    schema = Schema(String(name="name"), String(name="title"))
    assert compile(schema).many([Row(4, "zebra")]) == [{"name": "zebra", "title": "Zebra"}]


def test_objects_do_not_share_rendered_values(herd: SimpleNamespace) -> None:
    serializer = compile(HerdSchema())
    first = serializer.one(herd)
    first["leader"]["name"] = "Zoe"
    first["title"] = "Sheep"
    assert serializer.one(herd)["leader"] == {"name": "Ann"}
    assert serializer.one(herd)["title"] == "Cows"


@pytest.mark.parametrize(
    ("fields", "rendered"),
    [
        ({}, {}),
        ({"a": Integer()}, {"a": 1}),
        ({"a": Json()}, {"a": 1}),
        ({"a": Integer(), "b": Json()}, {"a": 1, "b": (2, 3)}),
        ({"b": Json()}, {"b": (2, 3)}),
        ({"x": Json(compute=lambda source: source.a + 1)}, {"x": 2}),
        ({"x": Json(compute=lambda source: 0), "a": Json()}, {"x": 0, "a": 1}),
        ({"a": Json(compute=lambda source: "computed")}, {"a": "computed"}),
        ({"c": AnimalSchema()}, {"c": {"name": "Ann"}}),
        ({"c": AnimalSchema(), "a": Json()}, {"c": {"name": "Ann"}, "a": 1}),
    ],
)
def test_schema_may_have_any_number_of_fields_of_each_type(
    fields: dict[str, Any], rendered: dict[str, Any]
) -> None:
    source = SimpleNamespace(a=1, b=(2, 3), c=animal("Ann"))
    assert list(compile(schema_of(**fields)).one(source).items()) == list(rendered.items())


@pytest.mark.parametrize("hidden", [{"write_only": True}, {"virtual": True}])
def test_hidden_fields_are_not_read(hidden: dict[str, Any]) -> None:
    schema = schema_of(a=Integer(), b=Integer(**hidden))
    assert compile(schema).one(SimpleNamespace(a=1)) == {"a": 1}


def test_source_is_another_attribute() -> None:
    schema = schema_of(
        a=Integer(source="b"),
        deep=String(source="c.name"),
        leader=AnimalSchema(source="c"),
        animals=ListOf(AnimalSchema(), source="d"),
    )
    source = SimpleNamespace(a=0, b=1, c=animal("Ann"), d=(animal("Bob"),))
    assert compile(schema).one(source) == {
        "a": 1,
        "deep": "Ann",
        "leader": {"name": "Ann"},
        "animals": [{"name": "Bob"}],
    }


def test_computed_objects_are_rendered_by_their_schema(herd: SimpleNamespace) -> None:
    schema = schema_of(
        last=AnimalSchema(compute=lambda herd: herd.animals[-1]),
        others=ListOf(AnimalSchema(), compute=lambda herd: iter(herd.animals[1:])),
    )
    assert compile(schema).one(herd) == {"last": {"name": "Bob"}, "others": [{"name": "Bob"}]}


def test_missing_object_is_null() -> None:
    schema = schema_of(leader=AnimalSchema(), last=AnimalSchema(compute=lambda herd: None))
    assert compile(schema).one(SimpleNamespace(leader=None)) == {"leader": None, "last": None}


def test_list_without_objects_is_empty() -> None:
    assert compile(schema_of(animals=ListOf(AnimalSchema()))).one(SimpleNamespace(animals=())) == {
        "animals": []
    }


def test_objects_are_nested_at_any_depth(herd: SimpleNamespace) -> None:
    farm = schema_of(herds=ListOf(HerdSchema()), best=HerdSchema())
    rendered = compile(farm).one(SimpleNamespace(herds=[herd, herd], best=herd))
    assert rendered["herds"][1]["animals"][1] == {"name": "Bob"}
    assert rendered["best"] == rendered["herds"][0] == compile(HerdSchema()).one(herd)


def test_mappings_are_read_by_their_keys() -> None:
    schema = schema_of(
        b=Integer(),
        a=Integer(source="other"),
        leader=AnimalSchema(),
        animals=ListOf(AnimalSchema()),
        sum=Integer(compute=lambda row: row["b"] + row["other"]),
    )
    row = {"other": 1, "b": 2, "leader": None, "animals": [{"name": "Ann", "secret": "kept"}]}
    assert list(compile(schema, mapping=True).one(row).items()) == [
        ("b", 2),
        ("a", 1),
        ("leader", None),
        ("animals", [{"name": "Ann"}]),
        ("sum", 3),
    ]


def test_json_is_rendered_unchanged() -> None:
    schema = schema_of(animal=AnimalSchema(as_is=True), herd=ListOf(AnimalSchema(), as_is=True))
    source = SimpleNamespace(animal={"more": 1}, herd=[{"name": "Ada"}])
    assert compile(schema).one(source) == vars(source)


def test_mapping_with_one_field_is_not_unpacked() -> None:
    serializer = compile(schema_of(a=Json()), mapping=True)
    assert serializer.many([{"a": [1, 2]}, {"a": "xy"}]) == [{"a": [1, 2]}, {"a": "xy"}]


def test_missing_attribute_is_an_error() -> None:
    with pytest.raises(AttributeError, match="name"):
        compile(AnimalSchema()).one(SimpleNamespace())
    with pytest.raises(KeyError, match="name"):
        compile(AnimalSchema(), mapping=True).one({})


def test_python_values_are_rendered_as_text() -> None:
    schema = schema_of(
        guid=Guid(),
        born=Instant(),
        sex=Choice(Sex),
        words=MapOf(Integer()),
        guids=ListOf(Guid()),
    )
    source = SimpleNamespace(
        guid=UUID(int=1),
        born=datetime(2024, 5, 6, tzinfo=timezone.utc),
        sex=Sex.FEMALE,
        words={"a": 1},
        guids=[UUID(int=2)],
    )
    assert dumps(compile(schema).one(source)) == (
        b'{"guid":"00000000-0000-0000-0000-000000000001","born":"2024-05-06T00:00:00+00:00",'
        b'"sex":"female","words":{"a":1},"guids":["00000000-0000-0000-0000-000000000002"]}'
    )


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text("abcdefgh", min_size=1, max_size=3),
        st.tuples(st.integers(), st.sampled_from(["plain", "computed", "hidden"])),
    )
)
def test_types_of_fields_mix_in_any_order(fields: dict[str, tuple[int, str]]) -> None:
    kinds: dict[str, dict[str, Any]] = {
        "plain": {},
        "computed": {"compute": lambda row: -1},
        "hidden": {"write_only": True},
    }
    schema = schema_of(
        **{f"f_{name}": Integer(**kinds[kind]) for name, (_, kind) in fields.items()}
    )
    row = {f"f_{name}": value for name, (value, _) in fields.items()}
    assert list(compile(schema, mapping=True).one(row).items()) == [
        (f"f_{name}", -1 if kind == "computed" else value)
        for name, (value, kind) in fields.items()
        if kind != "hidden"
    ]
