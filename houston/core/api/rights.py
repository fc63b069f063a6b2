"""The rights of the caller to the rows of a document, such as `hasView` and `hasEdit`.

A schema declares `has_view = has_view(Encounter, EncounterResource)`. The rights to all rows of a
response are read by one statement for each class of rows.
"""

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Select, True_, select

from houston.core.db.session import Session
from houston.core.schema.nodes import Boolean
from houston.core.security.grants import Permission, parameters_of, permitted, principals_of

RIGHTS = {"has_view": Permission.READ, "has_edit": Permission.WRITE}
"""The attributes of rows that tell the rights of the caller."""
PREPARED = 256
"""The number of statements that are cached, for models and sets of roles."""


def has_view(model: Any, item: Any) -> Boolean:
    """The field of whether the caller may read a row of a model, by the grants of its resource."""
    return Boolean(name="hasView", source="has_view", preloads={"": rights_of(model, item)})


def has_edit(model: Any, item: Any) -> Boolean:
    """The field of whether the caller may change a row of a model."""
    return Boolean(name="hasEdit", source="has_edit", preloads={"": rights_of(model, item)})


@cache
def rights_of(model: Any, item: Any) -> Callable[[Session, Sequence[Any]], None]:
    """The function that sets `has_view` and `has_edit` of the rows of a model."""

    @lru_cache(PREPARED)
    def prepared(principals: frozenset[str]) -> tuple[Select[Any], bool]:
        """The statement for callers with some principals, and whether they have all rights."""
        conditions = {
            name: permitted(item.grants, permission, principals)
            for name, permission in RIGHTS.items()
        }
        columns = [condition.label(name) for name, condition in conditions.items()]
        is_all = all(isinstance(condition, True_) for condition in conditions.values())
        return select(model.guid, *columns), is_all

    def load(db: Session, rows: Sequence[Any]) -> None:
        identity = db.actor.identity
        statement, is_all = prepared(principals_of(identity))
        if is_all:
            held = {row.guid: dict.fromkeys(RIGHTS, True) for row in rows}
        else:
            guids = {row.guid for row in rows}
            found = db.execute(statement.where(model.guid.in_(guids)), parameters_of(identity))
            held = {row.guid: {name: bool(getattr(row, name)) for name in RIGHTS} for row in found}
        for row in rows:
            row.has_view, row.has_edit = held[row.guid]["has_view"], held[row.guid]["has_edit"]

    return load
