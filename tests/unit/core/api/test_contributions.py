"""A module adds fields to the documents of another; they are loaded once per response."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from pyramid.config import Configurator
from pyramid.exceptions import ConfigurationConflictError
from sqlalchemy import select

from houston.core.api import loading
from houston.core.api.contributions import Contribution, Contributions, rows_that_refer
from houston.core.api.openapi.converters import input_converter, output_converter
from houston.core.api.patch import PatchSchema
from houston.core.api.serializer import Compiler, Unfilled, fill
from houston.core.schema.nodes import Integer, ListOf, Schema, String
from houston.core.services import Services, services_of
from tests.unit.core.api import ark


class AnimalSchema(Schema):
    name = String()


class NamedAnimalSchema(AnimalSchema):
    nickname = String()


class AnimalPatch(PatchSchema):
    name = String()


class HerdSchema(Schema):
    animals = ListOf(AnimalSchema())
    leader = NamedAnimalSchema(nullable=True)


class SightingSchema(Schema):
    place = String()


@pytest.fixture
def loaded() -> list[list[str]]:
    """Return the names of the animals for which loaders are called."""
    return []


@pytest.fixture
def contributions(loaded: list[list[str]]) -> Contributions:
    """Return contributions: the length of the name of each animal, and its sightings."""

    def lengths(_services: Any, _db: Any, animals: Sequence[Any]) -> list[int]:
        loaded.append([animal.name for animal in animals])
        return [len(animal.name) for animal in animals]

    def sightings(_services: Any, _db: Any, animals: Sequence[Any]) -> list[Any]:
        return [[SimpleNamespace(place=animal.name)] for animal in animals]

    created = Contributions()
    created.add(AnimalSchema, Contribution("length", Integer(name="length"), lengths))
    node = ListOf(SightingSchema(), name="sightings")
    created.add(NamedAnimalSchema, Contribution("sightings", node, sightings))
    return created


def animal(name: str) -> SimpleNamespace:
    return SimpleNamespace(name=name, nickname=name[0])


def rendered(contributions: Contributions, herd: Any) -> Any:
    unfilled: list[Unfilled] = []
    found = Compiler(contributions).serializer(HerdSchema()).one(herd, unfilled)
    fill(Services(), None, unfilled)  # type: ignore[arg-type]  # the loaders need no session
    return found


def test_fields_are_loaded_by_one_call(
    contributions: Contributions, loaded: list[list[str]]
) -> None:
    herd = SimpleNamespace(animals=[animal("Ada"), animal("Bo")], leader=animal("Cleo"))
    assert rendered(contributions, herd) == {
        "animals": [{"name": "Ada", "length": 3}, {"name": "Bo", "length": 2}],
        "leader": {
            "name": "Cleo",
            "nickname": "C",
            "length": 4,
            "sightings": [{"place": "Cleo"}],
        },
    }
    assert loaded == [["Ada", "Bo", "Cleo"]]


def test_nothing_is_loaded_for_an_empty_list(
    contributions: Contributions, loaded: list[list[str]]
) -> None:
    herd = SimpleNamespace(animals=[], leader=None)
    assert rendered(contributions, herd) == {"animals": [], "leader": None}
    assert loaded == []


def test_fields_are_documented(contributions: Contributions) -> None:
    described = output_converter(contributions)(NamedAnimalSchema())
    assert described["required"] == ["name", "nickname", "length", "sightings"]
    assert described["properties"]["length"]["type"] == "integer"
    assert output_converter(Contributions())(AnimalSchema())["required"] == ["name"]


def test_node_without_a_loader_reads_its_value() -> None:
    contributions = Contributions()
    node = Integer(name="length", compute=lambda animal: len(animal.name))
    contributions.add(AnimalSchema, Contribution("length", node, None))
    leader = {"name": "Ada", "nickname": "A", "length": 3}
    herd = SimpleNamespace(animals=[animal("Bo")], leader=animal("Ada"))
    assert rendered(contributions, herd) == {
        "animals": [{"name": "Bo", "length": 2}],
        "leader": leader,
    }


def test_fields_of_input_are_documented() -> None:
    contributions = Contributions()
    contributions.add(AnimalSchema, Contribution("age", Integer(name="age"), None))
    contributions.add(AnimalSchema, Contribution("id", Integer(name="id", read_only=True), None))
    described = input_converter(contributions)(AnimalSchema())
    assert list(described["properties"]) == ["name", "age"]
    assert described["additionalProperties"] is False


def test_applications_do_not_share_them() -> None:
    one, other = Configurator(), Configurator()
    for config in (one, other):
        config.include("houston.core.api.contributions")
    one.contribute(AnimalSchema, "length", Integer(), lambda *_: [])
    one.commit()
    assert [each.name for each in services_of(one)[Contributions].of(AnimalSchema)] == ["length"]
    assert list(services_of(other)[Contributions].of(AnimalSchema)) == []


def test_patches_have_them_in_one_application() -> None:
    one, other = Configurator(), Configurator()
    for config in (one, other):
        config.include("houston.core.api.contributions")
    one.contribute_to_patch(AnimalPatch, "length", Integer(0), lambda *_: None)
    one.commit()
    schema = AnimalPatch()
    completed = services_of(one)[Contributions].complete(schema)
    assert [field.name for field in completed.children] == ["name", "length"]
    assert [field.name for field in schema.children] == ["name"]
    unchanged = services_of(other)[Contributions].complete(schema)
    assert [field.name for field in unchanged.children] == ["name"]


def test_duplicate_names_are_a_conflict() -> None:
    config = Configurator()
    config.include("houston.core.api.contributions")
    config.contribute(AnimalSchema, "length", Integer(), lambda *_: [])
    config.contribute(AnimalSchema, "length", String(), lambda *_: [])
    with pytest.raises(ConfigurationConflictError):
        config.commit()


class ArkOwnerSchema(Schema):
    name = String()


class ArkHerdSchema(Schema):
    name = String()
    owner = ArkOwnerSchema()


class ArkAnimalSchema(Schema):
    name = String()
    herd = ArkHerdSchema()


@pytest.mark.parametrize(("batch", "number"), [(1000, 1), (2, 2)])
def test_related_rows_are_loaded_in_batches_with_their_relations(
    monkeypatch: pytest.MonkeyPatch, batch: int, number: int
) -> None:
    monkeypatch.setattr(loading, "BATCH", batch)
    load = rows_that_refer(ark.Animal.herd_guid, ArkAnimalSchema(), ark.Animal.name.desc())
    database = ark.database()
    with database.reading() as db:
        herds = db.scalars(select(ark.Herd).order_by(ark.Herd.name.desc())).all()
        with ark.statements(database) as observed:
            found = load(Services(), db, herds)
            assert sum("FROM animal" in statement for statement in observed) == number
            loaded = len(observed)
            owners = [[animal.herd.owner.name for animal in animals] for animals in found]
            assert len(observed) == loaded
    names = [[animal.name for animal in animals] for animals in found]
    assert names == [["west1", "west0"], ["south1", "south0"], ["north1", "north0"]]
    assert owners == [["Eve"] * 2, ["Eve"] * 2, ["Ada"] * 2]
    database.engine.dispose()
