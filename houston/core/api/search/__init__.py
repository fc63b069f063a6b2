"""Search by a query: the clauses of Elasticsearch that clients send, as SQL conditions.

A `Listing` declares its fields, `{name: column}`. A query is `{}`, which finds all rows, or one
clause:

* `bool` with the lists `must`, `filter`, `should` and `must_not`, and `minimum_should_match`;
* `match`, `term`, `terms`, `wildcard` and `range` of one field;
* `exists`: rows with a value; `query_string`: words in several fields; `match_all`.

The comparison depends on the type of the column:

* Texts are compared without regard to case. `match` finds those with any of the words, `term` and
  `terms` those that are equal, `wildcard` those of a pattern: `*` is any characters, `?` is one
  character. In a `KeywordField` a `match` is a `term`.
* Guids, choices, booleans and numbers are equal or not, by any clause.
* `range` is for numbers and times: `gt`, `gte`, `lt`, `lte` and `eq`. A date is its whole day in
  UTC.
* null is the absence of a value.

A name with commas finds rows by any of the fields. Unknown names and queries beyond the limits are
refused with 400.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, case, false, func, not_, or_, true

from houston.core.api.search.fields import (
    COMPARISONS,
    Condition,
    InvalidValue,
    Scalar,
    Searchable,
    field_of,
)
from houston.core.errors import BadRequest

MAX_DEPTH = 8
MAX_CONDITIONS = 256
MAX_VALUES = 1000
MAX_WORDS = 20
LISTS = ("must", "filter", "should", "must_not")
OPERATORS = {"and": and_, "or": or_}


def condition_of(query: Mapping[str, Any], fields: Mapping[str, Any]) -> Condition:
    """The condition of the rows that a query finds.

    Args:
        query: The query.
        fields: The columns or search fields by name.

    Raises:
        BadRequest: The query has unknown names or is too large; the message says where.
    """
    return _Conversion(fields).condition(query, MAX_DEPTH)


class _Conversion:
    """The conversion of one query, with the conditions and values that it may still have."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields
        self._left = MAX_CONDITIONS
        self._values_left = MAX_VALUES

    def condition(self, query: Any, depth: int) -> Condition:
        """The condition of one clause, and of the clauses in it."""
        if query == {}:
            return self._match_all({})
        name, body = _only_member(query, "a query")
        if name == "bool":
            self._count(1)
            return self._bool(body, depth)
        if name not in LEAVES:
            known = ", ".join(["bool", *LEAVES])
            raise BadRequest(f"There is no clause {_quoted(name)}; there are {known}.")
        return LEAVES[name](self, body)

    def _bool(self, body: Any, depth: int) -> Condition:
        _check_members(body, (*LISTS, "minimum_should_match"), "bool")
        if depth == 0:
            raise BadRequest(f"`bool` is nested more than {MAX_DEPTH} times.")
        must, filters, should, must_not = (
            [self.condition(clause, depth - 1) for clause in _as_list(body.get(name, []))]
            for name in LISTS
        )
        implied = 1 if should and not (must or filters) else 0
        least = _count(body.get("minimum_should_match", implied))
        # A condition on an absent value is neither true nor false, and so would be its negation.
        absent = [not_(func.coalesce(condition, false())) for condition in must_not]
        return and_(true(), *must, *filters, *absent, _at_least(least, should))

    def _match_all(self, body: Any) -> Condition:
        _check_members(body, (), "match_all")
        self._count(1)
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
        self._values_left -= len(scalars) * len(name.split(","))
        if self._values_left < 0:
            raise BadRequest(f"The query has more than {MAX_VALUES} values in `terms`.")
        return self._any_of(name, lambda field: field.among(scalars))

    def _wildcard(self, body: Any) -> Condition:
        name, pattern = _only_member(body, "`wildcard`")
        if not isinstance(pattern, str):
            raise BadRequest("`wildcard` takes a text.")
        return self._any_of(name, lambda field: field.like(pattern))

    def _range(self, body: Any) -> Condition:
        name, bounds = _only_member(body, "`range`")
        _check_members(bounds, COMPARISONS, "range")
        scalars = {operator: _scalar(value, name) for operator, value in bounds.items()}
        return self._any_of(name, lambda field: _within(field, scalars), len(scalars))

    def _exists(self, body: Any) -> Condition:
        _check_members(body, ("field",), "exists")
        return self._any_of(body.get("field"), lambda field: field.exists())

    def _query_string(self, body: Any) -> Condition:
        _check_members(body, ("query", "fields", "default_operator"), "query_string")
        text, names = body.get("query"), body.get("fields", list(self._fields))
        operator = OPERATORS.get(str(body.get("default_operator", "or")).lower())
        if not isinstance(text, str) or not isinstance(names, list) or operator is None:
            raise BadRequest(
                "`query_string` takes a text `query`, a list `fields` and a `default_operator`, "
                "AND or OR."
            )
        words = text.split()
        if len(words) > MAX_WORDS:
            raise BadRequest(f"`query_string` takes at most {MAX_WORDS} words.")
        occur = [
            or_(false(), *(self._any_of(name, _containing(word)) for name in names))
            for word in words
        ]
        return operator(*occur) if occur else true()

    def _any_of(
        self, name: Any, condition: Callable[[Searchable], Condition], cost: int = 1
    ) -> Condition:
        """A condition on a field, or on any of those that the name lists with commas."""
        if not isinstance(name, str):
            raise BadRequest("The name of a field must be a text.")
        names = name.split(",")
        self._count(cost * len(names))
        return or_(*(self._of(each, condition) for each in names))

    def _count(self, conditions: int) -> None:
        self._left -= conditions
        if self._left < 0:
            raise BadRequest(f"The query has more than {MAX_CONDITIONS} conditions.")

    def _of(self, name: str, condition: Callable[[Searchable], Condition]) -> Condition:
        if name not in self._fields:
            known = ", ".join(self._fields)
            raise BadRequest(f"There is no field {_quoted(name)} to search by; there are {known}.")
        try:
            return condition(field_of(self._fields[name]))
        except InvalidValue as invalid:
            raise BadRequest(f"{_quoted(name)} {invalid}") from None


LEAVES: Mapping[str, Callable[[_Conversion, Any], Condition]] = {
    "match_all": _Conversion._match_all,
    "match": _Conversion._match,
    "term": _Conversion._term,
    "terms": _Conversion._terms,
    "wildcard": _Conversion._wildcard,
    "range": _Conversion._range,
    "exists": _Conversion._exists,
    "query_string": _Conversion._query_string,
}


def _containing(word: str) -> Callable[[Searchable], Condition]:
    """The condition that a word occurs; false for fields that it cannot be compared with."""

    def condition(field: Searchable) -> Condition:
        try:
            return field.like(f"*{word.strip('*')}*")
        except InvalidValue:
            return false()

    return condition


def _within(field: Searchable, bounds: Mapping[str, Scalar]) -> Condition:
    return and_(true(), *(field.compares(operator, bound) for operator, bound in bounds.items()))


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


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_CONDITIONS:
        raise BadRequest("`minimum_should_match` takes a number of clauses.")
    return value


def _scalar(value: Any, name: str) -> Scalar:
    if not isinstance(value, str | int | float | None):
        raise BadRequest(f"{_quoted(name)} must be compared with a single value.")
    return value


def _quoted(name: str) -> str:
    return f"`{name[:100]}`"
