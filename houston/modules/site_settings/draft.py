"""A change of settings while it is checked: what holds now, what is proposed, and what is wrong."""

from collections.abc import Mapping, Set
from typing import Any

from houston.core.db.session import Session
from houston.core.errors import ApiError, Conflict, Unprocessable, summary
from houston.core.security.identity import Identity
from houston.core.services import Services
from houston.modules.site_settings.registered import usage


class Draft:
    """The settings as they would be, and every fault in them by key.

    `before` has the present value of every key, `proposed` the new ones; `reset` are those that
    are taken back to their defaults. `num_values` are the values of custom fields in the way.
    """

    def __init__(
        self,
        services: Services,
        db: Session,
        caller: Identity,
        before: Mapping[str, Any],
        proposed: Mapping[str, Any],
        reset: Set[str],
    ) -> None:
        self.services, self.db, self.caller = services, db, caller
        self.before, self.proposed, self.reset = before, dict(proposed), reset
        self.num_values = 0
        self._wrong: dict[str, list[str]] = {}
        self._contradicting: dict[str, list[str]] = {}

    def after(self, key: str) -> Any:
        """What a key would have."""
        return self.proposed.get(key, self.before[key])

    def settle(self, key: str, value: Any) -> None:
        """Put a value that was read in the place of the one proposed; a refused one is forgotten.

        Otherwise what is wrong with one key would be told of others, too.
        """
        self.proposed[key] = self.before[key] if key in self._wrong else value

    def refuse(self, key: str, text: str) -> None:
        """Note that the value of a key can never be good."""
        self._wrong.setdefault(key, []).append(text)

    def contradict(self, key: str, text: str) -> None:
        """Note that the value of a key contradicts what is stored."""
        self._contradicting.setdefault(key, []).append(text)

    def in_use(self, kind: str, ids: set[str]) -> dict[str, int]:
        """How many objects use each of these ids; those that none does are left out."""
        return usage(self.services, self.db, kind, ids) if ids else {}

    def check(self) -> None:
        """Raise Unprocessable with all that is wrong, or Conflict if nothing else is."""
        messages = self._wrong | {
            key: [*self._wrong.get(key, ()), *texts] for key, texts in self._contradicting.items()
        }
        if messages:
            error: type[ApiError] = Unprocessable if self._wrong else Conflict
            extra: dict[str, Any] = {"numValues": self.num_values} if self.num_values else {}
            raise error(summary(messages), messages=messages, **extra)
