"""Fields of a search in JSON columns: values by their key, compared by a declared kind.

As in Elasticsearch, a list is several values: a row is found if any of them is. A value of another
kind is absent. Keys are parameters of the statement, never a part of it.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Dialect, Float, String, TypeDecorator, exists, literal, select
from sqlalchemy.types import TypeEngine

from houston.core.api.search.fields import (
    BooleanField,
    Condition,
    GuidField,
    InstantField,
    KeywordField,
    NumberField,
    PointField,
    Related,
    Searchable,
    TextField,
)
from houston.core.db.expressions import Expression
from houston.core.db.types import UtcDateTime


def json_value(column: Any, key: str, kind: type[Searchable]) -> Searchable:
    """The field of the values of a key in a column of JSON objects.

    Args:
        column: The column, or the `JsonMember` of an object in it.
        key: The key.
        kind: The kind of the values: `TextField`, `KeywordField` (choices, one or several),
            `NumberField`, `BooleanField`, `InstantField` (texts of ISO 8601 with an offset),
            `GuidField` or `PointField` (lists of latitude and longitude).
    """
    value = JsonMember(column, key)
    if kind is PointField:
        return PointField(_Coordinate(value, 0), _Coordinate(value, 1))
    return _elements(value, kind)


def json_list(column: Any, kind: type[Searchable]) -> Searchable:
    """The field of the members of a column of JSON lists, of one of these kinds."""
    return _elements(_Document(column), kind)


def _elements(value: Any, kind: type[Searchable]) -> Searchable:
    elements = _Elements(value).table_valued("value", "type")

    def any_of(condition: Condition) -> Condition:
        return exists(select(literal(1)).select_from(elements).where(condition))

    return Related(kind(KINDS[kind](elements.c.value, elements.c.type)), any_of)


class _GuidText(TypeDecorator[UUID]):
    """A guid as JSON has it."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> str | None:
        """The text of the guid."""
        return None if value is None else str(value)


class JsonMember(Expression):
    """The value of a key in a JSON object, as JSON; null if there is none."""

    type = JSON()
    forms = {
        # A path cannot have all keys, and `json_extract` cannot tell true from 1.
        "sqlite": "(SELECT CASE type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false'"
        " WHEN 'text' THEN json_quote(value) ELSE value END FROM json_each({0}) WHERE key = {1})",
        "postgresql": "(CAST({0} AS JSONB) -> {1})",
    }


class _Document(Expression):
    """The value of a column, as JSON."""

    type = JSON()
    forms = {"sqlite": "{0}", "postgresql": "CAST({0} AS JSONB)"}


class _Elements(Expression):
    """The table of the elements of a list, or of a single value; an object has none."""

    name = "elements"
    forms = {
        "sqlite": "(SELECT value, type FROM json_each({0}) WHERE typeof(key) <> 'text')",
        "postgresql": "(SELECT jsonb_path_query({0}, '$[*] ? (@.type() != \"object\")') AS value)",
    }


class _Coordinate(Expression):
    """The number at an index of a JSON list."""

    type = Float()
    forms = {
        "sqlite": "(SELECT CASE WHEN type IN ('integer', 'real') THEN value END"
        " FROM json_each({0}) WHERE key = {1})",
        "postgresql": "CASE jsonb_typeof({0} -> {1}) WHEN 'number'"
        " THEN CAST({0} -> {1} AS DOUBLE PRECISION) END",
    }


class _Text(Expression):
    """The text of an element, and that of a number, true or false as JSON writes it."""

    type: TypeEngine[Any] = String()
    forms = {
        "sqlite": "CASE {1} WHEN 'true' THEN 'true' WHEN 'false' THEN 'false'"
        " ELSE CAST({0} AS TEXT) END",
        "postgresql": "({0} #>> '{{}}')",
    }


class _Guid(_Text):
    """The text of an element that is compared with guids."""

    type = _GuidText()


class _Number(Expression):
    """The number of an element."""

    type = Float()
    forms = {
        "sqlite": "CASE WHEN {1} IN ('integer', 'real') THEN {0} END",
        "postgresql": "CASE jsonb_typeof({0}) WHEN 'number' THEN CAST({0} AS DOUBLE PRECISION) END",
    }


class _Boolean(Expression):
    """The truth value of an element."""

    type = Boolean()
    forms = {
        "sqlite": "CASE {1} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END",
        "postgresql": "CASE jsonb_typeof({0}) WHEN 'boolean' THEN CAST({0} AS BOOLEAN) END",
    }


class _Instant(Expression):
    """The time of an element in ISO 8601, in the form of a column; null for any other text."""

    type = UtcDateTime()
    forms = {
        "sqlite": "CASE WHEN {0} LIKE '____-__-__T%'"
        " THEN strftime('%Y-%m-%d %H:%M:%f', {0}) || '000' END",
        # A cast of a text that is no time would be an error.
        "postgresql": "CAST(jsonb_path_query_first_tz(to_jsonb(regexp_replace(substring("
        "{0} #>> '{{}}' FROM '^\\d{{4}}-\\d\\d-\\d\\dT.*'), 'Z$', '+00:00')),"
        " '$.datetime()', '{{}}', true) #>> '{{}}' AS TIMESTAMP WITH TIME ZONE)",
    }


KINDS: Mapping[type[Searchable], type[Expression]] = {
    TextField: _Text,
    KeywordField: _Text,
    NumberField: _Number,
    BooleanField: _Boolean,
    InstantField: _Instant,
    GuidField: _Guid,
}
