"""Keywords on objects, put there and taken away as the actions of a patch say."""

import re
from bisect import insort
from typing import Any
from uuid import UUID

from houston.core.api.patch import PatchAction
from houston.core.db.session import Session
from houston.core.errors import Conflict
from houston.modules.keywords.models import Keyword
from houston.modules.keywords.services import (
    find_keyword,
    find_or_create_keyword,
    forget_unused,
)

POSITION = re.compile(r"\[([0-9]{1,4})\]")


class Tagging:
    """The actions of one request, which may be about several objects.

    What a `test` has named is remembered; later actions know the first of them as `[0]`.
    """

    def __init__(self, db: Session) -> None:
        self._db = db
        self._remembered: list[Keyword] = []
        self._removed: set[UUID] = set()

    def apply(self, tags: list[Keyword], action: PatchAction) -> None:
        """Do as an action says with the keywords of an object; Conflict for an unknown one."""
        if action.op == "test":
            self.remember(action)
        elif action.op == "add":
            self._add(tags, self._named(action))
        else:
            self._remove(tags, self._named(action))

    def remember(self, action: PatchAction) -> None:
        """Make sure that a keyword exists, and remember it; Conflict for an unknown guid."""
        if isinstance(action.value, str):
            action = action._replace(value={"value": action.value})
        self._remembered.append(self._named(action))

    def finish(self) -> None:
        """Write the changes, and delete the keywords that nothing has any more."""
        self._db.flush()
        forget_unused(self._db, self._removed)

    def _add(self, tags: list[Keyword], keyword: Keyword) -> None:
        """Unless it is there already."""
        if keyword not in tags:
            insort(tags, keyword, key=lambda tag: tag.value)

    def _remove(self, tags: list[Keyword], keyword: Keyword) -> None:
        """If it is there at all."""
        if keyword in tags:
            tags.remove(keyword)
            self._removed.add(keyword.guid)

    def _named(self, action: PatchAction) -> Keyword:
        keyword = self._find(action.value)
        if keyword is None:
            text = f"There is no keyword {action.value}."
            raise Conflict(text, messages={action.name: [text]})
        return keyword

    def _find(self, value: Any) -> Keyword | None:
        if isinstance(value, dict):
            return find_or_create_keyword(self._db, **value)
        if isinstance(value, UUID):
            return self._db.get(Keyword, value)
        if position := POSITION.fullmatch(value):
            return next(iter(self._remembered[int(position[1]) :]), None)
        return find_keyword(self._db, value)
