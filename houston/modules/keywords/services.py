"""The verbs of keywords. None of them sees a request."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, exists, func, select, update
from sqlalchemy.exc import IntegrityError

from houston.core.api.listing import Listing
from houston.core.api.patch import Change
from houston.core.db.session import Session
from houston.core.errors import BadRequest
from houston.modules.annotations.models import annotation_keyword
from houston.modules.assets.models import asset_tag
from houston.modules.keywords.models import Keyword, KeywordSource

KEYWORD = Keyword.__table__.c
LINKS: tuple[Table, ...] = (annotation_keyword, asset_tag)


def _uses(links: Table) -> Any:
    uses = select(func.count()).where(links.c.keyword_guid == KEYWORD.guid)
    return uses.correlate(Keyword.__table__).scalar_subquery()


USAGE_COUNT = (_uses(annotation_keyword) + _uses(asset_tag)).label("usage_count")
DESCRIBED = select(*KEYWORD, USAGE_COUNT)

KEYWORDS = Listing(
    DESCRIBED, sort=("guid", "value", "source", "created", "updated"), words=("value",)
)


def describe_keyword(db: Session, keyword: Keyword) -> Any:
    """A keyword with how often it is used."""
    return db.execute(DESCRIBED.where(KEYWORD.guid == keyword.guid)).one()


def create_keyword(db: Session, value: str, source: KeywordSource) -> Any:
    """Make a keyword, which stays even while nothing has it; Conflict where the word exists."""
    keyword = Keyword(value=value, source=source)
    db.add(keyword)
    db.flush()
    return describe_keyword(db, keyword)


def update_keyword(db: Session, keyword: Keyword, change: Change) -> Any:
    """Correct the word; Conflict where another keyword has it."""
    for name, value in change.values.items():
        setattr(keyword, name, value)
    db.flush()
    return describe_keyword(db, keyword)


def delete_keyword(db: Session, keyword: Keyword) -> None:
    """Take a keyword away from whatever has it, and delete it."""
    db.delete(keyword)
    db.flush()


def merge_keywords(db: Session, source: Keyword, target: Keyword) -> Keyword:
    """Give whatever has `source` the `target` instead, and delete the source.

    Raises BadRequest for a keyword and itself.
    """
    if source is target:
        raise BadRequest("A keyword cannot be merged into itself.")
    for links in LINKS:
        _move_links(db, links, source, target)
    delete_keyword(db, source)
    return target


def find_keyword(db: Session, value: str) -> Keyword | None:
    """The keyword of a word."""
    found: Keyword | None = db.scalar(_by_value(value))
    return found


def find_or_create_keyword(
    db: Session, value: str, source: KeywordSource = KeywordSource.USER
) -> Keyword:
    """The keyword of a word, made if there is none yet."""
    found = find_keyword(db, value)
    if found is not None:
        return found
    keyword = Keyword(value=value, source=source)
    try:
        with db.begin_nested():
            db.add(keyword)
    except IntegrityError:  # somebody else has made it at the same time
        keyword = db.scalars(_by_value(value)).one()
    return keyword


def forget_unused(db: Session, guids: Collection[UUID]) -> None:
    """Delete those of some keywords that nothing has any more."""
    if not guids:
        return
    db.flush()
    unused = [~exists().where(links.c.keyword_guid == Keyword.guid) for links in LINKS]
    statement = select(Keyword).where(Keyword.guid.in_(guids), *unused)
    for keyword in db.scalars(statement).all():
        db.delete(keyword)
    db.flush()


def _by_value(value: str) -> Select[Any]:
    return select(Keyword).where(Keyword.value == value)


def _move_links(db: Session, links: Table, source: Keyword, target: Keyword) -> None:
    """What has both keywords keeps the target; its other link goes with the source."""
    holder = next(column for column in links.c if column.name != "keyword_guid")
    other = links.alias()
    has_target = select(other.c[holder.name]).where(other.c.keyword_guid == target.guid)
    moved = links.c.keyword_guid == source.guid, holder.not_in(has_target)
    db.execute(update(links).where(*moved).values(keyword_guid=target.guid))
