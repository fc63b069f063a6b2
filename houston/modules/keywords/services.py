"""The services of keywords: lists, changes, and the tagging of objects."""

import re
from bisect import insort
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from houston.core.api.listing import Listing
from houston.core.api.patch import Change, PatchAction
from houston.core.db.session import Session
from houston.core.errors import BadRequest, Conflict
from houston.core.events import Events
from houston.core.values import spellings
from houston.modules.keywords.links import KeywordLinks, KeywordsUnlinked, move_links
from houston.modules.keywords.models import Keyword, KeywordSource

KEYWORDS = Listing(
    select(*Keyword.__table__.c),
    sort=("guid", "value", "source", "created", "updated"),
    words=("value",),
)
POSITION = re.compile(r"\[([0-9]{1,4})\]")


def create_keyword(db: Session, value: str, source: KeywordSource) -> Keyword:
    """Create a keyword, which stays even while it is not used.

    Raises:
        Conflict: There is a keyword with this text.
    """
    _check_text(db, value)
    keyword = Keyword(value=value, source=source)
    db.add(keyword)
    db.flush()
    return keyword


def update_keyword(db: Session, keyword: Keyword, change: Change) -> Keyword:
    """Change a keyword.

    Raises:
        Conflict: Another keyword has the new text.
    """
    if "value" in change.values:
        _check_text(db, change.values["value"], keyword)
    change.apply_to(keyword)
    db.flush()
    return keyword


def merge_keywords(links: KeywordLinks, db: Session, source: Keyword, target: Keyword) -> Keyword:
    """Link the objects of `source` to `target`, and delete `source`.

    Raises:
        BadRequest: The two are the same keyword.
    """
    if source is target:
        raise BadRequest("A keyword cannot be merged into itself.")
    move_links(links, db, source, target)
    db.delete(source)
    db.flush()
    return target


def find_keyword(db: Session, value: str) -> Keyword | None:
    """Return the keyword with a text, if there is one."""
    found: Keyword | None = db.scalar(_by_value(value))
    return found


def find_or_create_keyword(
    db: Session, value: str, source: KeywordSource = KeywordSource.USER
) -> Keyword:
    """Return the keyword with a text, which is created if it does not exist."""
    found = find_keyword(db, value)
    if found is not None:
        return found
    keyword = Keyword(value=value, source=source)
    try:
        with db.begin_nested():
            db.add(keyword)
    except IntegrityError:  # another request has created it at the same time
        return find_or_create_keyword(db, value)
    return keyword


class Tagging:
    """Applies the keyword actions of one PATCH, which may concern several objects.

    The keywords of `test` actions are numbered; later actions refer to the first as `[0]`.
    """

    def __init__(self, events: Events, db: Session) -> None:
        self._events, self._db = events, db
        self._tested: list[Keyword] = []
        self._removed: set[UUID] = set()

    def apply(self, keywords: list[Keyword], action: PatchAction) -> None:
        """Apply an action to the keywords of an object.

        Raises:
            Conflict: The keyword is unknown.
        """
        if action.op == "test":
            self.test(action)
            return
        keyword = self._keyword_of(action)
        if action.op == "add" and keyword not in keywords:
            insort(keywords, keyword, key=lambda each: each.value)
        elif action.op == "remove" and keyword in keywords:
            keywords.remove(keyword)
            self._removed.add(keyword.guid)

    def test(self, action: PatchAction) -> None:
        """Create the keyword of an action if it does not exist, and number it.

        Raises:
            Conflict: The action has the guid of an unknown keyword.
        """
        if isinstance(action.value, str):
            action = action._replace(value={"value": action.value})
        self._tested.append(self._keyword_of(action))

    def finish(self) -> None:
        """Write the changes; removed keywords that are not used any more are deleted."""
        self._db.flush()
        self._events.publish(self._db, KeywordsUnlinked(self._removed))

    def _keyword_of(self, action: PatchAction) -> Keyword:
        keyword = self._find(action.value)
        if keyword is None:
            raise Conflict.about(action.name, f"There is no keyword {action.value}.")
        return keyword

    def _find(self, value: Any) -> Keyword | None:
        if isinstance(value, dict):
            return find_or_create_keyword(self._db, **value)
        if isinstance(value, UUID):
            return self._db.get(Keyword, value)
        if position := POSITION.fullmatch(value):
            return next(iter(self._tested[int(position[1]) :]), None)
        return find_keyword(self._db, value)


def _check_text(db: Session, value: str, own: Keyword | None = None) -> None:
    """Raise Conflict if a keyword other than `own` has a text, in any form of Unicode."""
    if any(found is not own for found in db.scalars(_by_value(value))):
        raise Conflict.about("value", "A keyword with this text exists already.")


def _by_value(value: str) -> Select[Any]:
    """The keyword with a composed text; older ones may be stored decomposed."""
    return select(Keyword).where(Keyword.value.in_(spellings(value)))
