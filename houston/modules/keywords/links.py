"""Links between keywords and the objects of other modules.

A link is a row of an association table. The tables of all modules together tell how often a keyword
is used, and which links a merge moves.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pyramid.config import Configurator
from sqlalchemy import Table, exists, func, select, union_all, update

from houston.core.db.session import Session
from houston.core.services import Services, services_of
from houston.modules.keywords.models import Keyword


class KeywordLinks(list[Table]):
    """The association tables with a column `keyword_guid`, as the enabled modules declare them."""


@dataclass(frozen=True)
class KeywordsUnlinked:
    """Links of some keywords were removed; keywords without any other link are deleted."""

    guids: Collection[UUID]


def add_keyword_links(config: Configurator, table: Table) -> None:
    """Declare an association table, with the guid of an object and `keyword_guid` as columns."""
    discriminator = ("houston.keyword_links", table.name)
    config.action(discriminator, services_of(config)[KeywordLinks].append, (table,))


def usage_counts(services: Services, db: Session, keywords: Sequence[Any]) -> list[int]:
    """Return the number of links of each of some keywords, in their order."""
    guids = [keyword.guid for keyword in keywords]
    linked = [
        select(links.c.keyword_guid).where(links.c.keyword_guid.in_(guids))
        for links in services[KeywordLinks]
    ]
    if not linked:
        return [0] * len(guids)
    found = union_all(*linked).subquery()
    counted = select(found.c.keyword_guid, func.count().label("uses"))
    rows = db.execute(counted.group_by(found.c.keyword_guid))
    counts = {row.keyword_guid: row.uses for row in rows}
    return [counts.get(guid, 0) for guid in guids]


def delete_unused_keywords(services: Services, db: Session, event: KeywordsUnlinked) -> None:
    """Delete those keywords of an event that have no links any more."""
    if not event.guids:
        return
    db.flush()
    unused = [
        ~exists().where(links.c.keyword_guid == Keyword.guid) for links in services[KeywordLinks]
    ]
    statement = select(Keyword).where(Keyword.guid.in_(event.guids), *unused)
    for keyword in db.scalars(statement).all():
        db.delete(keyword)
    db.flush()


def move_links(tables: KeywordLinks, db: Session, source: Keyword, target: Keyword) -> None:
    """Link the objects of one keyword to another.

    An object that has both keeps its link to `source`, which is deleted together with that keyword.
    """
    for links in tables:
        holder = next(column for column in links.c if column.name != "keyword_guid")
        other = links.alias()
        has_target = select(other.c[holder.name]).where(other.c.keyword_guid == target.guid)
        moved = links.c.keyword_guid == source.guid, holder.not_in(has_target)
        db.execute(update(links).where(*moved).values(keyword_guid=target.guid))
