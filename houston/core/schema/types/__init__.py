"""Strict types: JSON in, no coercion, and every bound is part of the API document.

Colander's own types read `null` as true, take 5.7 for an integer and let NaN pass a range.
"""

from houston.core.schema.types.base import (
    FORBIDDEN,
    MAX_INTEGER,
    MIN_INTEGER,
    Type,
    equal,
)
from houston.core.schema.types.containers import Items, Map
from houston.core.schema.types.numbers import Boolean, Bounded, Integer, Number
from houston.core.schema.types.texts import Email, Password, String, Text, Url
from houston.core.schema.types.values import Choice, DateTime, Guid, Json

__all__ = [
    "FORBIDDEN",
    "MAX_INTEGER",
    "MIN_INTEGER",
    "Boolean",
    "Bounded",
    "Choice",
    "DateTime",
    "Email",
    "Guid",
    "Integer",
    "Items",
    "Json",
    "Map",
    "Number",
    "Password",
    "String",
    "Text",
    "Type",
    "Url",
    "equal",
]
