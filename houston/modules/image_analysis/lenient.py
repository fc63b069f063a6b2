"""Nodes that read what other programs write, and the sentences about what is not valid in it."""

from typing import Any

from colander import Invalid, null

from houston.core.schema import WHOLE, messages_of
from houston.core.schema.nodes import Field, Integer, Number, Schema, Text


class OpenSchema(Schema):
    """An object whose undeclared fields are ignored."""

    def deserialize(self, cstruct: Any = null) -> Any:
        """Return the values of the declared fields."""
        if isinstance(cstruct, dict):
            names = [child.name for child in self.children]
            cstruct = {name: cstruct[name] for name in names if name in cstruct}
        return super().deserialize(cstruct)


class OrNone(Field):
    """A node that reads null, an absent value and one that is not valid as None."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, nullable=True, missing=None, **options)

    def deserialize(self, cstruct: Any = null) -> Any:
        """Return the value or None."""
        try:
            return super().deserialize(cstruct)
        except Invalid:
            return None


class IntegerOrNone(OrNone, Integer):
    """An integer or None."""


class NumberOrNone(OrNone, Number):
    """A finite number or None."""


class TextOrNone(OrNone, Text):
    """A text or None."""


def faults_of(invalid: Invalid, *path: str) -> list[str]:
    """Return what is not valid in a value at a path, each fault with the path of its field."""
    faults = []
    for name, texts in messages_of(invalid).items():
        field = ".".join([*path, *([] if name == WHOLE else [name])])
        faults.append(": ".join(filter(None, [field, " ".join(texts)])))
    return faults
