"""The names of fields in a search: of declared fields, of related rows, and of fields on demand."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from houston.core.api.search.fields import Condition, Related, Searchable, field_of
from houston.core.security.grants import Grant, Permission, permitted

AnyOf = Callable[[Condition], Condition]
MAX_NAME = 200


@dataclass(frozen=True)
class RelatedRows:
    """The related rows of a row, and their fields.

    `{"encounters": RelatedRows(Sighting.encounters.any, {"sex": Encounter.sex})}` declares the
    field `encounters.sex`, and the path `encounters` of `nested`. Each condition on such a field is
    that of any related row; all conditions inside `nested` are those of one.

    Attributes:
        any_of: The function that makes a condition of related rows that of the rows which have any.
        fields: The columns, search fields and further related rows, by name.
        grants: The grants of the related rows, if a search only has those that the caller may read.
    """

    any_of: AnyOf
    fields: Mapping[str, Any]
    grants: Sequence[Grant] = ()

    def readable_by(self, principals: Container[str]) -> "RelatedRows":
        """The related rows that callers with some principals may read."""
        if not self.grants:
            return self
        readable = permitted(self.grants, Permission.READ, principals)
        return RelatedRows(_each(self.any_of, lambda rows: rows & readable), self.fields)


@dataclass(frozen=True)
class Dynamic:
    """Fields that are made on demand: `{"customFields": Dynamic(make)}` has `customFields.<name>`.

    Attributes:
        make: `make(services, db, name)` returns the column or search field of a name, or None if
            there is none. The name is empty for `customFields` itself.
    """

    make: Callable[..., Any]


class Names:
    """The search fields by the names that clients send.

    Args:
        fields: The declared fields.
        arguments: The first arguments of `Dynamic.make`.
        prefix: The path of the fields with its last dot.
    """

    def __init__(
        self, fields: Mapping[str, Any], arguments: Sequence[Any] = (), prefix: str = ""
    ) -> None:
        self._fields, self._arguments, self._prefix = fields, arguments, prefix

    def plain(self) -> list[str]:
        """The names of the declared fields, without those of related rows and dynamic ones."""
        return [
            self._prefix + name
            for name, field in self._fields.items()
            if not isinstance(field, RelatedRows | Dynamic)
        ]

    def field(self, name: str) -> Searchable | None:
        """The field of a name, if there is one."""
        for head, rest in self._divisions(name):
            declared = self._fields.get(head)
            if isinstance(declared, RelatedRows):
                inner = self._inner(head, declared).field(name)
                return None if inner is None else Related(inner, declared.any_of)
            if isinstance(declared, Dynamic):
                declared = declared.make(*self._arguments, rest)
                return None if declared is None else field_of(declared)
            if declared is not None:
                return None if rest else field_of(declared)
        return None

    def rows(self, path: str) -> "tuple[AnyOf, Names] | None":
        """The related rows of a path, if there are any, and their names."""
        for head, rest in self._divisions(path):
            declared = self._fields.get(head)
            if isinstance(declared, RelatedRows):
                inner = self._inner(head, declared)
                if not rest:
                    return declared.any_of, inner
                found = inner.rows(path)
                return found and (_each(declared.any_of, found[0]), found[1])
        return None

    def _inner(self, head: str, rows: RelatedRows) -> "Names":
        return Names(rows.fields, self._arguments, f"{self._prefix}{head}.")

    def _divisions(self, name: str) -> Iterator[tuple[str, str]]:
        """The divisions of a name at its dots, the longest first part first."""
        if not name.startswith(self._prefix) or len(name) > MAX_NAME:
            return
        head, rest = name.removeprefix(self._prefix), ""
        while True:
            yield head, rest
            head, dot, last = head.rpartition(".")
            if not dot:
                return
            rest = f"{last}.{rest}" if rest else last


def guarded(declared: Any, readable: Condition) -> Any:
    """A declared field that has values in some rows only, and is absent in all others."""

    # SQLite evaluates conditions in their order, and that of the readable rows takes longer.
    def found(condition: Condition) -> Condition:
        return condition & readable

    if isinstance(declared, RelatedRows):
        return RelatedRows(_each(found, declared.any_of), declared.fields)
    if isinstance(declared, Dynamic):
        return Dynamic(lambda *arguments: guarded(declared.make(*arguments), readable))
    return None if declared is None else Related(declared, found)


def _each(outer: AnyOf, inner: AnyOf) -> AnyOf:
    return lambda condition: outer(inner(condition))
