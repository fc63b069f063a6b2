"""Paths that are commands: their operations are validated and passed on in order."""

from typing import Any
from uuid import UUID

import pytest

from houston.core.api.patch import Actions, PatchSchema, apply, merge
from houston.core.errors import Unprocessable
from houston.core.schema.nodes import Guid, Integer, Schema, String


class FlockPatch(PatchSchema):
    """A herd, whose animals are added and removed by commands."""

    title = String(1, 20)
    animals = Actions(add=Schema(String(1, 5, name="name")), remove=Guid(), test=String())
    picture = Actions(remove=None, replace=Integer(0))


FLOCK = FlockPatch()


def test_commands_are_passed_on_in_order_beside_the_document() -> None:
    guid = UUID("12345678-1234-4234-8234-123456789abc")
    change = apply(
        {"title": "Zebras"},
        [
            {"op": "remove", "path": "/animals", "value": str(guid)},
            {"op": "replace", "path": "/title", "value": "Horses"},
            {"op": "add", "path": "/animals", "value": {"name": "Ada"}},
            {"op": "remove", "path": "/picture"},
        ],
        FLOCK,
    )
    assert change.values == {"title": "Horses"}
    assert change.actions == [
        ("remove", "animals", guid),
        ("add", "animals", {"name": "Ada"}),
        ("remove", "picture", None),
    ]


@pytest.mark.parametrize(
    ("operation", "text"),
    [
        ({"op": "replace", "path": "/animals", "value": []}, "`add` and `remove` and `test`"),
        ({"op": "add", "path": "/animals/0", "value": {"name": "Ada"}}, "only"),
        ({"op": "add", "path": "/animals", "value": {"name": ""}}, "name: Shorter"),
        ({"op": "add", "path": "/animals", "value": {"nick": "A"}}, "nick: Unknown field."),
        ({"op": "remove", "path": "/animals"}, "Missing data"),
        ({"op": "replace", "path": "/picture", "value": -1}, "at least 0"),
        ({"op": "copy", "path": "/animals", "from": "/title"}, "only"),
        ({"op": "copy", "path": "/title", "from": "/animals"}, "nothing to copy"),
    ],
)
def test_invalid_commands_are_named(operation: dict[str, Any], text: str) -> None:
    with pytest.raises(Unprocessable) as caught:
        apply({"title": "Zebras"}, [operation], FLOCK)
    assert text in caught.value.messages["0"][0]


def test_merge_patch_has_no_commands() -> None:
    with pytest.raises(Unprocessable) as caught:
        merge({"title": "Zebras"}, {"animals": None}, FLOCK)
    assert list(caught.value.messages) == ["animals"]
