"""Fields whose value is that of the row itself, or else that of the row to which it belongs."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Boolean, Select, and_, or_, select, true, union_all

from houston.core.api.search.fields import Condition, Scalar, Searchable, TextField, field_of
from houston.core.api.search.points import Area, Point
from houston.core.db.expressions import Expression
from houston.core.db.texts import Hint, is_indexed


class InheritedField(Searchable):
    """A field of rows that belong to others, by whose indexes they are found.

    No index serves a value of two tables. Each condition is therefore also one on the rows above:
    those that have such a value, and those with a row that has it.

    Args:
        field: The column or field of the value that a row has.
        own: That of its own value.
        above: That of the value of the row above.
        link: The column that refers to the row above.
        key: The column of the row above to which it refers.
    """

    def __init__(self, field: Any, own: Any, above: Any, *, link: Any, key: Any) -> None:
        self._field, self._own, self._above = map(field_of, (field, own, above))
        super().__init__(self._field.column)
        self._link, self._key = link, key
        self.datatype = self._field.datatype

    def exists(self) -> Condition:
        """The rows that have a value."""
        return self._field.exists()

    def matches(self, value: Scalar) -> Condition:
        """The rows that `match` finds by a value."""
        return self._find(lambda field: field.matches(value))

    def like(self, pattern: str) -> Condition:
        """The rows whose value has this pattern."""
        return self._find(lambda field: field.like(pattern))

    def near(self, point: Point, distance: float) -> Condition:
        """The rows near this point."""
        return self._find(lambda field: field.near(point, distance))

    def within(self, area: Area) -> Condition:
        """The rows in this area."""
        return self._find(lambda field: field.within(area))

    def between(self, bounds: Mapping[str, Scalar]) -> Condition:
        """The rows with a value between some bounds.

        Bounds may be wide, so that no list of the rows above is made: a database that finds them
        by another condition compares each of them.
        """
        own = self._having_own(self._own.between(bounds)).scalar_subquery()
        above = or_(self._above.between(bounds), _In(self._key, own))
        return and_(above, self._field.between(bounds))

    def _among(self, values: Sequence[Any]) -> Condition:
        return self._find(lambda field: field.among(values))

    def _find(self, find: Callable[[Searchable], Condition]) -> Condition:
        above = select(self._key).where(find(self._above)).correlate(None)
        listed = self._link.in_(union_all(above, self._having_own(find(self._own))))
        if not isinstance(self._field, TextField):
            return and_(listed, find(self._field))
        return and_(Hint(listed) if is_indexed(listed) else true(), find(self._field))

    def _having_own(self, condition: Condition) -> Select[Any]:
        return select(self._link).where(condition).correlate(None)


class _In(Expression):
    """Whether a select has a value, in a form in which OR uses an index of the value."""

    type = Boolean()
    forms = {"sqlite": "({0} IN {1})", "postgresql": "({0} = ANY (ARRAY{1}))"}

    def self_group(self, against: Any = None) -> Any:
        """The expression as it is: SQLite finds nothing by indexes if it is compared with 1."""
        return self
