"""A change of settings while it is checked against the other settings and what uses them."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from colander import drop

from houston.core.db.session import Session
from houston.core.errors import Conflict, Unprocessable, summary
from houston.core.schema.nodes import Integer
from houston.modules.site_settings.registry import SettingsRegistry
from houston.modules.site_settings.values import SettingValues


class SettingsConflict(Conflict):
    """The change contradicts what is stored, or takes away what objects use."""

    members: ClassVar = (
        Integer(
            1,
            name="numValues",
            missing=drop,
            description="The number of values of custom fields in the way.",
        ),
    )


class Change:
    """New values of settings.

    Attributes:
        before: The present values.
        values: The new values by key.
        reset: The keys that are reset to their defaults, which are their new values.
        num_values: The number of values of custom fields that the change would make invalid.
    """

    def __init__(
        self,
        registry: SettingsRegistry,
        db: Session,
        before: SettingValues,
        values: Mapping[str, Any],
    ) -> None:
        self._registry, self._db = registry, db
        self.before = before
        self.reset = {name for name, value in values.items() if value is None}
        self.values = {
            name: registry.defaults[name] if value is None else value
            for name, value in values.items()
        }
        self.num_values = 0
        self._wrong: dict[str, list[str]] = {}
        self._contradicting: dict[str, list[str]] = {}

    def after(self, key: str) -> Any:
        """The value of a key after the change."""
        return self.values[key] if key in self.values else self.before[key]

    def propose(self, key: str, value: Any) -> None:
        """Give another key a new value, which is checked if it comes after the present one."""
        self.values[key] = value
        self.reset.discard(key)

    def refuse(self, key: str, text: str) -> None:
        """Add a message about a value that is wrong."""
        self._wrong.setdefault(key, []).append(text)

    def contradict(self, key: str, text: str) -> None:
        """Add a message about a value that contradicts what is stored."""
        self._contradicting.setdefault(key, []).append(text)

    def in_use(self, kind: str, ids: set[str]) -> dict[str, int]:
        """The number of objects that use each of some ids; those that none uses are left out."""
        return self._registry.usage(self._db, kind, ids)

    def check(self) -> None:
        """Check the new values in the order of the keys.

        Raises:
            Unprocessable: Some values are wrong; they are named.
            SettingsConflict: Some values contradict what is stored; they are named.
        """
        for name, key in self._registry.keys.items():
            if key.check is not None and name in self.values:
                key.check(self)
        self.raise_messages()

    def raise_messages(self) -> None:
        """Raise the messages that were added, if any; see `check`."""
        messages = {
            key: [*self._wrong.get(key, ()), *self._contradicting.get(key, ())]
            for key in [*self._wrong, *self._contradicting]
        }
        if self._wrong:
            raise Unprocessable(summary(messages), messages=messages)
        if messages:
            extra: dict[str, Any] = {"numValues": self.num_values} if self.num_values else {}
            raise SettingsConflict(summary(messages), messages=messages, **extra)


Check = Callable[[Change], None]
