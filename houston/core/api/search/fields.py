"""The fields of searches: columns with the comparisons of their types."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from enum import Enum
from fnmatch import translate
from operator import eq, ge, gt, le, lt
from typing import Any
from uuid import UUID

import colander
from sqlalchemy import Boolean as BooleanType
from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    Numeric,
    String,
    Uuid,
    and_,
    false,
    func,
    literal,
    or_,
    true,
)
from sqlalchemy import Enum as EnumType

from houston.core.api.search.points import EARTH_RADIUS, Area, Point
from houston.core.db.texts import contains, like
from houston.core.db.types import UtcDateTime
from houston.core.schema import lenient
from houston.core.schema.nodes import Boolean, Field, Instant, Number
from houston.core.values import GUID_FORM, MAX_INTEGER, MIN_INTEGER, UNSTORABLE

Condition = ColumnElement[bool]
Scalar = str | int | float | bool | None
Compare = Callable[[Any, Any], Condition]

COMPARISONS: Mapping[str, Compare] = {"gt": gt, "gte": ge, "lt": lt, "lte": le, "eq": eq}
DATE = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
MAX_TEXT, MAX_WORDS, MAX_DAYS = 200, 20, 20


class InvalidValue(ValueError):
    """A value that a field cannot be compared with; the text continues after the field's name."""


class Searchable:
    """A field whose values can only be equal or not.

    Attributes:
        datatype: The type of the field in the mappings of Elasticsearch.
    """

    datatype = "keyword"

    def __init__(self, column: Any) -> None:
        self.column: ColumnElement[Any] = column

    def exists(self) -> Condition:
        """The rows that have a value."""
        return self.column.is_not(None)

    def among(self, values: Sequence[Scalar]) -> Condition:
        """The rows with one of these values; None finds those without a value."""
        condition = self._among([value for value in values if value is not None])
        return or_(condition, ~self.exists()) if None in values else condition

    def matches(self, value: Scalar) -> Condition:
        """The rows that `match` finds by a value."""
        return self.among([value])

    def like(self, pattern: str) -> Condition:
        """The rows whose value has this pattern: `*` is any characters, `?` is one character."""
        return self.among([pattern.strip("*")])

    def compares(self, operator: str, value: Scalar) -> Condition:
        """The rows whose value compares so with this one; `operator` is a name of `COMPARISONS`.

        Raises:
            InvalidValue: The values of the field have no order, or none with this value.
        """
        raise InvalidValue("has values without an order.")

    def between(self, bounds: Mapping[str, Scalar]) -> Condition:
        """The rows with a value that compares so with each of some bounds, by operator."""
        return and_(true(), *(self.compares(operator, to) for operator, to in bounds.items()))

    def near(self, point: Point, distance: float) -> Condition:
        """The rows with a point up to a distance in metres from this one.

        Raises:
            InvalidValue: The values of the field are no points.
        """
        raise InvalidValue("has values that are no points.")

    def within(self, area: Area) -> Condition:
        """The rows with a point in an area.

        Raises:
            InvalidValue: The values of the field are no points.
        """
        raise InvalidValue("has values that are no points.")

    def _among(self, values: Sequence[Any]) -> Condition:
        raise NotImplementedError


class TextField(Searchable):
    """Texts, without regard to case."""

    datatype = "text"

    def matches(self, value: Scalar) -> Condition:
        """The texts in which any of the words occurs."""
        words = text_of(value).split()
        if len(words) > MAX_WORDS:
            raise InvalidValue(f"can be compared with at most {MAX_WORDS} words.")
        return or_(false(), *(contains(self.column, word) for word in words))

    def like(self, pattern: str) -> Condition:
        """The texts of this pattern."""
        return like(self.column, text_of(pattern))

    def _among(self, values: Sequence[Any]) -> Condition:
        return func.lower(self.column).in_([func.lower(text_of(value)) for value in values])


class KeywordField(TextField):
    """Texts that `match` compares as a whole, such as names."""

    datatype = "keyword"
    matches = Searchable.matches


class GuidField(Searchable):
    """Guids; a text that is not a guid is not equal to any."""

    def _among(self, values: Sequence[Any]) -> Condition:
        guids = [UUID(value) for value in map(str, values) if GUID_FORM.match(value)]
        return self.column.in_(guids) if guids else false()


class ChoiceField(Searchable):
    """The values of an enumeration, without regard to case."""

    def like(self, pattern: str) -> Condition:
        """The values of this pattern."""
        # `fnmatch` does not backtrack over its wildcards; only brackets have to be escaped.
        regex = translate(text_of(pattern).replace("[", "[[]"))
        return self._chosen(re.compile(regex, re.IGNORECASE).match)

    def _among(self, values: Sequence[Any]) -> Condition:
        names = {text_of(value).casefold() for value in values}
        return self._chosen(lambda choice: choice.casefold() in names)

    def _chosen(self, is_chosen: Callable[[str], Any]) -> Condition:
        kind: Any = self.column.type
        choices: type[Enum] = kind.enum_class
        chosen = [choice for choice in choices if is_chosen(str(choice.value))]
        return self.column.in_(chosen)


class ParsedField(Searchable):
    """Values that a node reads from JSON or from text."""

    node: Field

    def _among(self, values: Sequence[Any]) -> Condition:
        return self.column.in_([self._parsed(value) for value in values])

    def _parsed(self, value: Any) -> Any:
        try:
            return self.node.deserialize(lenient(self.node, value))
        except colander.Invalid as invalid:
            raise InvalidValue(
                f"cannot be compared with that: {str(invalid.msg).rstrip('.')}"
            ) from None


class BooleanField(ParsedField):
    """True or false."""

    datatype = "boolean"
    node = Boolean()


class NumberField(ParsedField):
    """Numbers; integers may be compared with fractions."""

    datatype = "double"
    node = Number(MIN_INTEGER, MAX_INTEGER)

    def compares(self, operator: str, value: Scalar) -> Condition:
        """The numbers that compare so with this one."""
        return COMPARISONS[operator](self.column, self._parsed(value))

    def _parsed(self, value: Any) -> Any:
        return _float(super()._parsed(value))


class InstantField(ParsedField):
    """Times; a date is its whole day in UTC."""

    datatype = "date"
    node = Instant()

    def compares(self, operator: str, value: Scalar) -> Condition:
        """The times that compare so with this one, or with this day."""
        if not (isinstance(value, str) and DATE.match(value)):
            return COMPARISONS[operator](self.column, self._parsed(value))
        begins, ends = _day(value)
        return {
            "eq": and_(self.column >= begins, self.column < ends),
            "gt": self.column >= ends,
            "gte": self.column >= begins,
            "lt": self.column < begins,
            "lte": self.column < ends,
        }[operator]

    def _among(self, values: Sequence[Any]) -> Condition:
        if len(values) > MAX_DAYS:
            raise InvalidValue(f"cannot be compared with more than {MAX_DAYS} values.")
        return or_(false(), *(self.compares("eq", value) for value in values))


class PointField(Searchable):
    """Points of two columns with degrees: latitudes, and longitudes from -180 to 180."""

    datatype = "geo_point"

    def __init__(self, latitude: Any, longitude: Any) -> None:
        super().__init__(latitude)
        self._latitude, self._longitude = latitude, longitude

    def exists(self) -> Condition:
        """The rows with both coordinates."""
        return and_(self._latitude.is_not(None), self._longitude.is_not(None))

    def near(self, point: Point, distance: float) -> Condition:
        """The rows with a point up to a distance in metres from this one.

        The points in the area around the circle are found by indexes of the columns. Their
        distances are exact to a centimetre: the squares of the haversine formula are more precise,
        but they can be too small for PostgreSQL.
        """
        angle = distance / EARTH_RADIUS
        if angle >= math.pi:
            return self.exists()
        north = _versine(self._latitude - _float(point.latitude))
        east = _versine(self._longitude - _float(point.longitude))
        scale = _cosine(self._latitude) * _float(math.cos(math.radians(point.latitude)))
        is_near = north + scale * east <= _float(2 * math.sin(angle / 2) ** 2)
        return and_(self.within(Area.around(point, distance)), is_near)

    def within(self, area: Area) -> Condition:
        """The rows with a point in an area."""
        east = self._longitude >= _float(area.left)
        west = self._longitude <= _float(area.right)
        return and_(
            self._latitude.between(_float(area.bottom), _float(area.top)),
            or_(east, west) if area.left > area.right else and_(east, west),
        )

    def _among(self, values: Sequence[Any]) -> Condition:
        if values:
            raise InvalidValue("has points, which are found by `geo_distance` only.")
        return false()


class Related(Searchable):
    """A field of other rows: `Related(Keyword.value, Annotation.keywords.any)`.

    A row is found if any of its related rows is.
    """

    def __init__(self, column: Any, any_of: Callable[[Condition], Condition]) -> None:
        super().__init__(column)
        self._field, self._any_of = field_of(column), any_of
        self.datatype = self._field.datatype

    def exists(self) -> Condition:
        """The rows with a related row that has a value."""
        return self._any_of(self._field.exists())

    def matches(self, value: Scalar) -> Condition:
        """The rows with a related row that `match` finds."""
        return self._any_of(self._field.matches(value))

    def like(self, pattern: str) -> Condition:
        """The rows with a related row of this pattern."""
        return self._any_of(self._field.like(pattern))

    def between(self, bounds: Mapping[str, Scalar]) -> Condition:
        """The rows with a related row between some bounds."""
        return self._any_of(self._field.between(bounds))

    def near(self, point: Point, distance: float) -> Condition:
        """The rows with a related row near this point."""
        return self._any_of(self._field.near(point, distance))

    def within(self, area: Area) -> Condition:
        """The rows with a related row in this area."""
        return self._any_of(self._field.within(area))

    def _among(self, values: Sequence[Any]) -> Condition:
        return self._any_of(self._field.among(values))


class Either(Searchable):
    """Several fields in one: a row is found if it is by any of them."""

    def __init__(self, *fields: Any) -> None:
        self._fields = [field_of(field) for field in fields]
        super().__init__(self._fields[0].column)
        self.datatype = self._fields[0].datatype

    def exists(self) -> Condition:
        """The rows with a value in any of the fields."""
        return self._any(lambda field: field.exists())

    def matches(self, value: Scalar) -> Condition:
        """The rows that `match` finds by any of the fields."""
        return self._any(lambda field: field.matches(value))

    def like(self, pattern: str) -> Condition:
        """The rows in which a value of any of the fields has this pattern."""
        return self._any(lambda field: field.like(pattern))

    def compares(self, operator: str, value: Scalar) -> Condition:
        """The rows in which a value of any of the fields compares so with this one."""
        return self._any(lambda field: field.compares(operator, value))

    def _among(self, values: Sequence[Any]) -> Condition:
        return self._any(lambda field: field.among(values))

    def _any(self, find: Callable[[Searchable], Condition]) -> Condition:
        return or_(*map(find, self._fields))


KINDS: tuple[tuple[Any, type[Searchable]], ...] = (
    (UtcDateTime, InstantField),
    (Uuid, GuidField),
    (EnumType, ChoiceField),
    (BooleanType, BooleanField),
    ((Integer, Numeric, Float), NumberField),
    (String, TextField),
)


def field_of(declared: Any) -> Searchable:
    """The field of a column or an expression, by its type.

    Raises:
        TypeError: There is no field for the type.
    """
    if isinstance(declared, Searchable):
        return declared
    for type, kind in KINDS:
        if isinstance(declared.type, type):
            return kind(declared)
    raise TypeError(f"there is no search field for {declared.type!r}")


def _float(number: float) -> ColumnElement[float]:
    """The number as a float: the type of the column might round it."""
    return literal(number, Float())


def _cosine(degrees: Any) -> ColumnElement[float]:
    return func.cos(degrees * _float(math.pi / 180), type_=Float())


def _versine(degrees: Any) -> ColumnElement[float]:
    return 1 - _cosine(degrees)


def text_of(value: Any) -> str:
    """The text of a value, as JSON writes it.

    Raises:
        InvalidValue: It is too long, or no database has it.
    """
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if len(text) > MAX_TEXT or UNSTORABLE.search(text):
        raise InvalidValue(f"can be compared with texts of at most {MAX_TEXT} characters.")
    return text


def _day(text: str) -> tuple[datetime, datetime]:
    """The start of a day and of the next one."""
    try:
        begins = datetime.combine(date.fromisoformat(text), time(), timezone.utc)
        return begins, begins + timedelta(days=1)
    except (ValueError, OverflowError):
        raise InvalidValue("cannot be compared with that: Not a valid date.") from None
