"""The rights of the caller to the rows of a document, such as `hasView` and `hasEdit`.

A schema declares `has_view = has_view(Encounter, EncounterResource)`. The rights to all rows of a
response are read by one statement.
"""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, True_, bindparam, select, union_all

from houston.core.db.session import Session
from houston.core.schema.nodes import Boolean
from houston.core.security.grants import Permission, parameters_of, permitted, principals_of

RIGHTS = {"has_view": Permission.READ, "has_edit": Permission.WRITE}
"""The attributes of rows that tell the rights of the caller."""
NO_RIGHTS, ALL_RIGHTS = (False, False), (True, True)
PREPARED = 256
"""The number of statements that are cached, for models and sets of roles."""


def has_view(model: Any, item: Any) -> Boolean:
    """The field of whether the caller may read a row of a model, by the grants of its resource."""
    return Boolean(name="hasView", source="has_view", preloads={"": rights_of(model, item)})


def has_edit(model: Any, item: Any) -> Boolean:
    """The field of whether the caller may change a row of a model."""
    return Boolean(name="hasEdit", source="has_edit", preloads={"": rights_of(model, item)})


class Rights:
    """The loader of `has_view` and `has_edit` of the rows of a model, by the grants of a resource.

    Attributes:
        together: Loads the rights to the rows of several models by one statement.
    """

    def __init__(self, model: Any, item: Any) -> None:
        self.model, self._item = model, item

    def __call__(self, db: Session, rows: Sequence[Any]) -> None:
        """Set the rights of the caller to some rows."""
        self.together(db, {self: rows})

    def conditions(self, principals: frozenset[str]) -> list[ColumnElement[bool]]:
        """The conditions of the rows to which callers with some principals have each right."""
        return [permitted(self._item.grants, each, principals) for each in RIGHTS.values()]

    @staticmethod
    def together(db: Session, rows_of: Mapping["Rights", Sequence[Any]]) -> None:
        """Set the rights of the caller to the rows of each loader."""
        identity = db.actor.identity
        limited, statement = _prepared(frozenset(rows_of), principals_of(identity))
        held: dict[UUID, Sequence[bool]] = {}
        if statement is not None:
            guids = {
                f"guids_{number}": [row.guid for row in rows_of[rights]]
                for number, rights in enumerate(limited)
            }
            found = db.execute(statement, parameters_of(identity) | guids)
            held = {guid: [*map(bool, values)] for guid, *values in found}
        for rights, rows in rows_of.items():
            # Another transaction may delete a row after it was read.
            default = NO_RIGHTS if rights in limited else ALL_RIGHTS
            for row in rows:
                row.has_view, row.has_edit = held.get(row.guid, default)


rights_of = cache(Rights)
"""The loader of the rights to the rows of a model, by the resource of a row."""


@lru_cache(PREPARED)
def _prepared(
    loaders: frozenset[Rights], principals: frozenset[str]
) -> tuple[Sequence[Rights], Any]:
    """The loaders of rights that depend on the row, and the statement of those; None for none."""
    conditions = {rights: rights.conditions(principals) for rights in loaders}
    limited = [
        rights
        for rights, each in conditions.items()
        if not all(isinstance(condition, True_) for condition in each)
    ]
    selects = [
        select(rights.model.guid, *conditions[rights]).where(
            rights.model.guid.in_(bindparam(f"guids_{number}", expanding=True))
        )
        for number, rights in enumerate(limited)
    ]
    return limited, union_all(*selects) if selects else None
