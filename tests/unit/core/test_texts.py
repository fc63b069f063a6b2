"""Texts are found by their index as by reading all rows, whatever was written before."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text, update

from houston.core.db.session import Session
from houston.core.db.texts import contains, is_indexed, like, without_index
from houston.core.db.types import utc_now
from houston.modules.individuals.models import Individual

TABLE = Individual.__table__
COMMENTS = TABLE.c.comments
CHARACTERS = "aAbBzZ019 %_\\'\"*?-:^()éÉßİ\u0131\u017f\u212a\u03c3ςΣñ\u0303漢字🦓"
TEXTS = st.text(CHARACTERS, max_size=12) | st.sampled_from(
    ["Zebra", "ZEBRAS graze", "a_b_c", "100%", "Zoë", "\\\\", "NOT zeb", '"zeb" OR'] * 2
)
BY_INDEX = "SET LOCAL enable_seqscan = {}"


def guids(db: Session, condition: Any, *, by_index: bool) -> set[UUID]:
    """Return the rows of a condition, which PostgreSQL finds by an index if that is asked for."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text(BY_INDEX.format("off" if by_index else "on")))
    return set(db.scalars(select(TABLE.c.guid).where(condition)))


def check(db: Session, patterns: Sequence[str]) -> None:
    """Assert that the index finds the rows of some patterns, and no others."""
    for pattern in patterns:
        for condition in (like(COMMENTS, pattern), contains(COMMENTS, pattern)):
            found = guids(db, condition, by_index=True)
            assert found == guids(db, without_index(condition), by_index=False), pattern


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.none() | TEXTS, min_size=1, max_size=8),
    changed=st.none() | TEXTS,
    patterns=st.lists(TEXTS.map(lambda part: f"*{part}*") | TEXTS, min_size=1, max_size=4),
)
def test_index_finds_the_same_rows(
    db: Session, texts: list[str | None], changed: str | None, patterns: list[str]
) -> None:
    rows = [
        {
            "guid": uuid4(),
            "created": utc_now(),
            "updated": utc_now(),
            "taxonomy_guid": uuid4(),
            "custom_fields": {},
            "comments": comments,
        }
        for comments in texts
    ]
    words = [*patterns, *(each for each in (*texts, changed) if each), *(texts[0] or "")[:3]]
    change = update(TABLE).where(TABLE.c.guid.in_([row["guid"] for row in rows[::2]]))
    with db.begin_nested() as savepoint:
        db.execute(insert(TABLE), rows)
        check(db, words)
        db.execute(change.values(comments=changed))
        check(db, words)
        db.execute(delete(TABLE).where(TABLE.c.guid.in_([row["guid"] for row in rows[1::3]])))
        check(db, words)
        savepoint.rollback()
    check(db, words)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("*zeb*", True), ("z*e*b*r*a", False), ("*ze*", False), ("*%%%*", False), ("漢字漢", True)],
)
def test_patterns_with_three_letters_use_the_index(pattern: str, expected: bool) -> None:
    assert is_indexed(like(COMMENTS, pattern)) is expected
    assert not is_indexed(like(TABLE.c.taxonomy_guid, pattern))


def test_plan_uses_the_index(db: Session) -> None:
    statement = select(TABLE.c.guid).where(contains(COMMENTS, "zebra"))
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text(BY_INDEX.format("off")))
        explain = "EXPLAIN"
    else:
        explain = "EXPLAIN QUERY PLAN"
    compiled = statement.compile(db.connection(), compile_kwargs={"literal_binds": True})
    plan = db.execute(text(f"{explain} {str(compiled).replace(':', chr(92) + ':')}")).all()
    assert "text_index_individual" in str(plan)
