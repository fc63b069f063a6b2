"""Schemas: what comes in and goes out, declared once to validate, to render and to document.

Input is read strictly. JSON is taken as JSON, with no coercion; forms and query strings, where
all is text, are read by the same schema. Unknown keys are refused by name.
"""

from houston.core.schema.loading import Invalid, from_text, load, messages_of
from houston.core.schema.nodes import Field, ListOf, MapOf, Nested, Schema
from houston.core.schema.types import (
    Boolean,
    Choice,
    DateTime,
    Email,
    Guid,
    Integer,
    Items,
    Json,
    Map,
    Number,
    Password,
    String,
    Text,
    Type,
    Url,
)

__all__ = [
    "Boolean",
    "Choice",
    "DateTime",
    "Email",
    "Field",
    "Guid",
    "Integer",
    "Invalid",
    "Items",
    "Json",
    "ListOf",
    "Map",
    "MapOf",
    "Nested",
    "Number",
    "Password",
    "Schema",
    "String",
    "Text",
    "Type",
    "Url",
    "from_text",
    "load",
    "messages_of",
]
