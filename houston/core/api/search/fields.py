"""What may be searched by: a column, and how values are compared with it according to its type."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from enum import Enum
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
)
from sqlalchemy import Enum as EnumType

from houston.core.db.types import UtcDateTime
from houston.core.schema.nodes import Boolean, Field, Instant, Number
from houston.core.schema.reading import lenient
from houston.core.values import GUID_FORM, MAX_INTEGER, MIN_INTEGER, UNSTORABLE

Condition = ColumnElement[bool]
Scalar = str | int | float | bool | None
Compare = Callable[[Any, Any], Condition]

COMPARISONS: Mapping[str, Compare] = {"gt": gt, "gte": ge, "lt": lt, "lte": le, "eq": eq}
DATE = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
LIKE = str.maketrans({"*": "%", "?": "_", "%": r"\%", "_": r"\_", "\\": r"\\"})
LONGEST_TEXT = 200
MOST_WORDS = 20
MOST_DAYS = 20


class InvalidValue(Exception):
    """What says nothing about a field; the text is the rest of a sentence that it begins."""


class Searchable:
    """A field to search by: each value is equal to another one or is not."""

    def __init__(self, column: Any) -> None:
        self.column: ColumnElement[Any] = column

    def exists(self) -> Condition:
        """The rows that have a value."""
        return self.column.is_not(None)

    def among(self, values: Sequence[Scalar]) -> Condition:
        """The rows whose value is one of these; None finds those without."""
        condition = self._among([value for value in values if value is not None])
        return or_(condition, self.column.is_(None)) if None in values else condition

    def matches(self, value: Scalar) -> Condition:
        """The rows that are about this value."""
        return self.among([value])

    def resembles(self, form: str) -> Condition:
        """The rows whose value has this form, where `*` is any letters and `?` is one."""
        return self.among([form.strip("*")])

    def compares(self, operator: str, value: Scalar) -> Condition:
        """The rows whose value stands to this one as the operator says."""
        raise InvalidValue("has no order.")

    def _among(self, values: Sequence[Any]) -> Condition:
        raise NotImplementedError


class TextField(Searchable):
    """Texts, without regard to case."""

    def matches(self, value: Scalar) -> Condition:
        """The texts in which any of the words occurs."""
        if value is None:
            return self.among([None])
        words = words_of(value)
        return or_(false(), *(self.column.icontains(word, autoescape=True) for word in words))

    def resembles(self, form: str) -> Condition:
        """The texts of this form."""
        return self.column.ilike(text_of(form).translate(LIKE), escape="\\")

    def _among(self, values: Sequence[Any]) -> Condition:
        return func.lower(self.column).in_([func.lower(text_of(value)) for value in values])


class Word(TextField):
    """Texts that are names: a part of one is not about it."""

    matches = Searchable.matches


class GuidField(Searchable):
    """Guids; a text that is none is equal to none of them."""

    def _among(self, values: Sequence[Any]) -> Condition:
        guids = [UUID(value) for value in map(str, values) if GUID_FORM.match(value)]
        return self.column.in_(guids)


class ChoiceField(Searchable):
    """The values of an enumeration, without regard to case."""

    def resembles(self, form: str) -> Condition:
        """The values of this form."""
        letters = {"*": ".*", "?": "."}
        pattern = "".join(letters.get(letter, re.escape(letter)) for letter in text_of(form))
        return self._chosen(re.compile(pattern, re.IGNORECASE | re.DOTALL).fullmatch)

    def _among(self, values: Sequence[Any]) -> Condition:
        wanted = {text_of(value).casefold() for value in values}
        return self._chosen(lambda choice: choice.casefold() in wanted)

    def _chosen(self, fits: Callable[[str], Any]) -> Condition:
        kind: Any = self.column.type
        choices: type[Enum] = kind.enum_class
        chosen = [choice for choice in choices if fits(str(choice.value))]
        return self.column.in_(chosen)


class _ReadField(Searchable):
    """Values that are read from JSON as a node has them, or from the text that means them."""

    node: Field

    def _among(self, values: Sequence[Any]) -> Condition:
        return self.column.in_([self._read(value) for value in values])

    def _read(self, value: Any) -> Any:
        try:
            return self.node.deserialize(lenient(self.node, value))
        except colander.Invalid as invalid:
            raise InvalidValue(
                f"cannot be compared with that: {str(invalid.msg).rstrip('.')}"
            ) from None


class TruthField(_ReadField):
    """True or false."""

    node = Boolean()


class NumberField(_ReadField):
    """Numbers; a whole one may be compared with any."""

    node = Number(MIN_INTEGER, MAX_INTEGER)

    def compares(self, operator: str, value: Scalar) -> Condition:
        """The numbers on that side of this one."""
        return COMPARISONS[operator](self.column, self._read(value))

    def _read(self, value: Any) -> Any:
        """As a number of its own type: that of the column might round it."""
        return literal(super()._read(value), Float())


class InstantField(_ReadField):
    """Instants; a date is all of its day in UTC."""

    node = Instant()

    def compares(self, operator: str, value: Scalar) -> Condition:
        """The instants on that side of this one, or of all of this day."""
        if not (isinstance(value, str) and DATE.match(value)):
            compare = COMPARISONS[operator]
            return compare(self.column, self._read(value))
        begins, ends = _day(value)
        if operator == "eq":
            return and_(self.column >= begins, self.column < ends)
        return {
            "gt": self.column >= ends,
            "gte": self.column >= begins,
            "lt": self.column < begins,
            "lte": self.column < ends,
        }[operator]

    def _among(self, values: Sequence[Any]) -> Condition:
        if len(values) > MOST_DAYS:
            raise InvalidValue(f"cannot be compared with more than {MOST_DAYS} values.")
        return or_(false(), *(self.compares("eq", value) for value in values))


class Related(Searchable):
    """A field of other rows: `Related(Keyword.value, Annotation.keywords.any)`.

    A row is found when any of those that belong to it is.
    """

    def __init__(self, column: Any, any_of: Callable[[Condition], Condition]) -> None:
        super().__init__(column)
        self._field, self._any_of = field_of(column), any_of

    def exists(self) -> Condition:
        """The rows to which one belongs that has a value."""
        return self._any_of(self._field.exists())

    def among(self, values: Sequence[Scalar]) -> Condition:
        """The rows to which one of these values belongs; None finds those without any."""
        present = [value for value in values if value is not None]
        condition = self._any_of(self._field.among(present))
        return or_(condition, ~self.exists()) if None in values else condition

    def matches(self, value: Scalar) -> Condition:
        """The rows to which one belongs that is about this value."""
        return self.among([None]) if value is None else self._any_of(self._field.matches(value))

    def resembles(self, form: str) -> Condition:
        """The rows to which one of this form belongs."""
        return self._any_of(self._field.resembles(form))

    def compares(self, operator: str, value: Scalar) -> Condition:
        """The rows to which one belongs that stands so to this value."""
        return self._any_of(self._field.compares(operator, value))


KINDS: tuple[tuple[type[Any], type[Searchable]], ...] = (
    (UtcDateTime, InstantField),
    (Uuid, GuidField),
    (EnumType, ChoiceField),
    (BooleanType, TruthField),
    (Integer, NumberField),
    (Numeric, NumberField),
    (String, TextField),
)


def field_of(declared: Any) -> Searchable:
    """The field of a column or an expression, by its type; raises TypeError for any other type."""
    if isinstance(declared, Searchable):
        return declared
    for type, kind in KINDS:
        if isinstance(declared.type, type):
            return kind(declared)
    raise TypeError(f"nothing is known about searching by {declared.type!r}")


def text_of(value: Any) -> str:
    """The text of a value, as JSON writes it.

    Raises:
        InvalidValue: It is no text to look for.
    """
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if len(text) > LONGEST_TEXT or UNSTORABLE.search(text):
        raise InvalidValue(f"can be compared with texts of at most {LONGEST_TEXT} letters.")
    return text


def words_of(value: Any) -> list[str]:
    """The words of a text; raises InvalidValue for too many."""
    words = text_of(value).split()
    if len(words) > MOST_WORDS:
        raise InvalidValue(f"can be compared with at most {MOST_WORDS} words.")
    return words


def _day(text: str) -> tuple[datetime, datetime]:
    """When a day begins and when the next one does."""
    try:
        begins = datetime.combine(date.fromisoformat(text), time(), timezone.utc)
        return begins, begins + timedelta(days=1)
    except (ValueError, OverflowError):
        raise InvalidValue("cannot be compared with that: Not a valid date.") from None
