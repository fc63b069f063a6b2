"""Search by a query: the clauses of Elasticsearch that clients send, as SQL conditions.

A `Listing` declares its fields by name:

* a column or an expression, whose type decides how it is compared; `KeywordField(column)`;
* `PointField(latitude, longitude)`, and `json_value(column, key, kind)` for a value in JSON;
* `Related(column, any_of)`, a field of related rows, and `RelatedRows(any_of, fields)`, all of
  their fields: `encounters.sex`;
* `InheritedField(field, own, above, …)`, a value that a row has from the row to which it belongs,
  unless it has its own;
* `Dynamic(make)`, fields that are made on demand: `customFields.<id>`.

A query is `{}`, which finds all rows, or one clause:

* `bool` with the lists `must`, `filter`, `should` and `must_not`, and `minimum_should_match`;
* `match`, `term`, `terms`, `wildcard` and `range` of one field;
* `geo_distance` and `geo_bounding_box` of one field with points;
* `exists`: rows with a value; `query_string`: words in several fields; `match_all`;
* `nested`: a query of one related row, whose fields are named with the `path`.

The comparison depends on the type of the column:

* Texts are compared without regard to case. `match` finds those with any of the words, `term` and
  `terms` those that are equal, `wildcard` those of a pattern: `*` is any characters, `?` is one
  character. In a `KeywordField` a `match` is a `term`.
* Guids, choices, booleans and numbers are equal or not, by any clause.
* `range` is for numbers and times: `gt`, `gte`, `lt`, `lte` and `eq`. A date is its whole day in
  UTC.
* null is the absence of a value.

The text of `query_string` has no syntax but `*` and `?`: people type it. What an empty form sends
finds all rows: a `query_string` without words, a `wildcard` of `**`, a bound or coordinates that
are null.

A name with commas finds rows by any of the fields; an unknown name finds none. Unknown clauses and
queries beyond the limits are refused with 400.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select, and_, case, false, func, not_, or_, true, union_all

from houston.core.api.search.fields import (
    COMPARISONS,
    Condition,
    InvalidValue,
    Scalar,
    Searchable,
)
from houston.core.api.search.names import Names
from houston.core.api.search.points import area_of, metres_of, point_of
from houston.core.db.texts import is_indexed
from houston.core.errors import BadRequest

Value = TypeVar("Value")
Find = Callable[[Searchable], Condition]

MAX_DEPTH = 8
MAX_CONDITIONS = 256
MAX_VALUES = 1000
MAX_WORDS = 20
LISTS = ("must", "filter", "should", "must_not")
OPERATORS = {"and": and_, "or": or_}
GEOGRAPHIC = ("distance_type", "validation_method", "ignore_unmapped", "type", "_name")
"""The members of geographic clauses that make no difference here."""
LEAST = re.compile(r"(-?[0-9]{1,3})(%?)\Z", re.ASCII)


def condition_of(
    query: Mapping[str, Any],
    fields: Mapping[str, Any],
    *arguments: Any,
    keys: Select[Any] | None = None,
) -> Condition:
    """The condition of the rows that a query finds.

    Args:
        query: The query.
        fields: The columns, search fields, related rows and dynamic fields by name.
        arguments: The first arguments of the functions that make dynamic fields: the parts of the
            application, and the session.
        keys: The select of the keys of all rows, by which those with a word in any of several
            fields are listed.

    Raises:
        BadRequest: The query has unknown clauses or is too large; the message says where.
    """
    return _Conversion(Names(fields, arguments), _Budget(), keys).condition(query, MAX_DEPTH)


@dataclass
class _Budget:
    """The conditions and the values in `terms` that a query may still have."""

    conditions: int = MAX_CONDITIONS
    values: int = MAX_VALUES

    def take(self, conditions: int) -> None:
        self.conditions -= conditions
        if self.conditions < 0:
            raise BadRequest(f"The query has more than {MAX_CONDITIONS} conditions.")

    def take_values(self, values: int) -> None:
        self.values -= values
        if self.values < 0:
            raise BadRequest(f"The query has more than {MAX_VALUES} values in `terms`.")


class _Conversion:
    """The conversion of a query of rows with these fields."""

    def __init__(self, names: Names, budget: _Budget, keys: Select[Any] | None = None) -> None:
        self._names, self._budget, self._keys = names, budget, keys

    def condition(self, query: Any, depth: int) -> Condition:
        """The condition of one clause, and of the clauses in it; each counts at least once."""
        left = self._budget.conditions
        condition = self._clause(query, depth)
        if self._budget.conditions == left:
            self._budget.take(1)
        return condition

    def _clause(self, query: Any, depth: int) -> Condition:
        if query == {}:
            return self._match_all({})
        name, body = _only_member(query, "a query")
        if name in BRANCHES:
            if depth == 0:
                raise BadRequest(f"`{name}` is nested more than {MAX_DEPTH} times.")
            return BRANCHES[name](self, body, depth - 1)
        if name in LEAVES:
            return LEAVES[name](self, body)
        known = ", ".join([*BRANCHES, *LEAVES])
        raise BadRequest(f"There is no clause {_quoted(name)}; there are {known}.")

    def _bool(self, body: Any, depth: int) -> Condition:
        _check_members(body, (*LISTS, "minimum_should_match"), "bool")
        must, filters, should, must_not = (
            [self.condition(clause, depth) for clause in _as_list(body.get(name, []))]
            for name in LISTS
        )
        implied = 1 if should and not (must or filters) else 0
        least = max(implied, _least(body.get("minimum_should_match", implied), len(should)))
        # A condition on an absent value is neither true nor false, and so would be its negation.
        absent = [not_(func.coalesce(condition, false())) for condition in must_not]
        return and_(true(), *must, *filters, *absent, _at_least(least, should))

    def _nested(self, body: Any, depth: int) -> Condition:
        _check_members(body, ("path", "query", "score_mode", "ignore_unmapped"), "nested")
        path = body.get("path")
        if not isinstance(path, str) or "query" not in body:
            raise BadRequest("`nested` takes a text `path` and a `query`.")
        any_of, names = self._names.rows(path) or (_none_of, Names({}))
        return any_of(_Conversion(names, self._budget).condition(body["query"], depth))

    def _match_all(self, body: Any) -> Condition:
        _check_members(body, (), "match_all")
        return true()

    def _match(self, body: Any) -> Condition:
        name, value = _only_member(body, "`match`")
        scalar = _scalar(value, name)
        if scalar is None:
            return self._any_of(name, lambda field: field.among([None]))
        cost = max(1, len(str(scalar).split()))
        return self._any_of(name, lambda field: field.matches(scalar), cost)

    def _term(self, body: Any) -> Condition:
        name, value = _only_member(body, "`term`")
        scalar = _scalar(value, name)
        return self._any_of(name, lambda field: field.among([scalar]))

    def _terms(self, body: Any) -> Condition:
        name, values = _only_member(body, "`terms`")
        if not isinstance(values, list) or len(values) > MAX_VALUES:
            raise BadRequest(f"`terms` takes a list of at most {MAX_VALUES} values.")
        scalars = [_scalar(value, name) for value in values]
        self._budget.take_values(len(scalars) * len(name.split(",")))
        return self._any_of(name, lambda field: field.among(scalars))

    def _wildcard(self, body: Any) -> Condition:
        name, pattern = _only_member(body, "`wildcard`")
        if not isinstance(pattern, str):
            raise BadRequest("`wildcard` takes a text.")
        if pattern == EMPTY_BOX:
            return true()
        return self._any_of(name, lambda field: field.like(pattern))

    def _range(self, body: Any) -> Condition:
        name, bounds = _only_member(body, "`range`")
        _check_members(bounds, COMPARISONS, "range")
        scalars = {operator: _scalar(value, name) for operator, value in bounds.items()}
        given = {operator: value for operator, value in scalars.items() if value is not None}
        if not given:
            return true()
        return self._any_of(name, lambda field: field.between(given), len(given))

    def _geo_distance(self, body: Any) -> Condition:
        name, value = _geographic(body, "geo_distance", "distance")
        distance, point = _read(name, metres_of, body.get("distance")), _read(name, point_of, value)
        if distance is None or point is None:
            return true()
        return self._any_of(name, lambda field: field.near(point, distance))

    def _geo_bounding_box(self, body: Any) -> Condition:
        name, value = _geographic(body, "geo_bounding_box")
        area = _read(name, area_of, value)
        return true() if area is None else self._any_of(name, lambda field: field.within(area))

    def _exists(self, body: Any) -> Condition:
        _check_members(body, ("field",), "exists")
        return self._any_of(body.get("field"), lambda field: field.exists())

    def _query_string(self, body: Any) -> Condition:
        _check_members(body, ("query", "fields", "default_operator"), "query_string")
        text, names = body.get("query"), body.get("fields", self._names.plain())
        operator = OPERATORS.get(str(body.get("default_operator", "or")).lower())
        if not isinstance(text, str) or not isinstance(names, list) or operator is None:
            raise BadRequest(
                "`query_string` takes a text `query`, a list `fields` and a `default_operator`, "
                "AND or OR."
            )
        words = [word for word in (part.strip("*") for part in text.split()) if word]
        if len(words) > MAX_WORDS:
            raise BadRequest(f"`query_string` takes at most {MAX_WORDS} words.")
        occur = [self._any(self._each_of(names, _containing(word))) for word in words]
        return operator(*occur) if occur else true()

    def _any_of(self, name: Any, find: Find, cost: int = 1) -> Condition:
        """A condition on a field, or on any of those that the name lists with commas."""
        return self._any(self._each_of([name], find, cost))

    def _each_of(self, names: Sequence[Any], find: Find, cost: int = 1) -> list[Condition]:
        """The conditions on some fields, and on each of those that a name lists with commas."""
        if not all(isinstance(name, str) for name in names):
            raise BadRequest("The name of a field must be a text.")
        each = [part for name in names for part in name.split(",")]
        self._budget.take(cost * len(each))
        found = [(name, self._names.field(name)) for name in each]
        return [_read(name, find, field) for name, field in found if field is not None]

    def _any(self, conditions: Sequence[Condition]) -> Condition:
        """The condition that any of some conditions is true.

        No index serves a condition with OR and a list in it, so that the rows of each are listed.
        """
        found = [condition for condition in conditions if condition is not false()]
        if self._keys is None or len(found) < 2 or not all(map(is_indexed, found)):
            return or_(false(), *found)
        (key,) = self._keys.selected_columns
        return key.in_(union_all(*(self._keys.where(condition) for condition in found)))


EMPTY_BOX = "**"
"""The pattern of a substring of no characters, which clients send for an empty field of a form."""
BRANCHES: Mapping[str, Callable[[_Conversion, Any, int], Condition]] = {
    "bool": _Conversion._bool,
    "nested": _Conversion._nested,
}
LEAVES: Mapping[str, Callable[[_Conversion, Any], Condition]] = {
    "match_all": _Conversion._match_all,
    "match": _Conversion._match,
    "term": _Conversion._term,
    "terms": _Conversion._terms,
    "wildcard": _Conversion._wildcard,
    "range": _Conversion._range,
    "geo_distance": _Conversion._geo_distance,
    "geo_bounding_box": _Conversion._geo_bounding_box,
    "exists": _Conversion._exists,
    "query_string": _Conversion._query_string,
}


def _none_of(_condition: Condition) -> Condition:
    return false()


def _read(name: str, read: Callable[[Any], Value], value: Any) -> Value:
    """The result of a function; the values of the field `name` that it refuses are named."""
    try:
        return read(value)
    except ValueError as invalid:
        raise BadRequest(f"{_quoted(name)} {invalid}") from None


def _containing(word: str) -> Find:
    """The condition that a word occurs; false for fields that it cannot be compared with."""

    def find(field: Searchable) -> Condition:
        try:
            return field.like(f"*{word}*")
        except InvalidValue:
            return false()

    return find


def _geographic(body: Any, clause: str, *members: str) -> tuple[str, Any]:
    """The name of the field of a geographic clause, with its value."""
    if not isinstance(body, dict):
        raise BadRequest(f"`{clause}` takes an object.")
    known = (*members, *GEOGRAPHIC)
    return _only_member(
        {name: value for name, value in body.items() if name not in known}, f"`{clause}`"
    )


def _at_least(least: int, conditions: Sequence[Condition]) -> Condition:
    """The condition that at least so many of the conditions are true."""
    if least == 0:
        return true()
    if least > len(conditions):
        return false()
    if least == 1:
        return or_(*conditions)
    counted = [case((condition, 1), else_=0) for condition in conditions]
    return sum(counted[1:], start=counted[0]) >= least


def _only_member(value: Any, what: str) -> tuple[str, Any]:
    """The name and the value of an object with a single member."""
    if not isinstance(value, dict) or len(value) != 1:
        raise BadRequest(f"Inside {what} there must be exactly one name with its value.")
    return next(iter(value.items()))


def _check_members(value: Any, known: Iterable[str], clause: str) -> None:
    if not isinstance(value, dict):
        raise BadRequest(f"`{clause}` takes an object.")
    for name in value:
        if name not in known:
            listed = ", ".join(known) or "none"
            raise BadRequest(f"`{clause}` has no member {_quoted(name)}; its members are {listed}.")


def _as_list(value: Any) -> list[Any]:
    """The clauses of a list; a single clause need not be in a list."""
    return value if isinstance(value, list) else [value]


def _least(value: Any, clauses: int) -> int:
    """The smallest number of clauses of `minimum_should_match`: `2`, `-1`, `75%` or `-25%`.

    A negative number is of the clauses that may be false. Percentages are rounded down.
    """
    form = LEAST.match(str(value))
    if form is None or not isinstance(value, int | str) or isinstance(value, bool):
        raise BadRequest("`minimum_should_match` takes a number of clauses, or a percentage.")
    number = abs(int(form[1]))
    if form[2]:
        number = clauses * number // 100
    return max(0, clauses - number) if form[1].startswith("-") else number


def _scalar(value: Any, name: str) -> Scalar:
    if not isinstance(value, str | int | float | None):
        raise BadRequest(f"{_quoted(name)} must be compared with a single value.")
    return value


def _quoted(name: str) -> str:
    return f"`{name[:100]}`"
