"""The kinds of notifications, and the preferences of users for each kind and channel."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from pyramid.config import Configurator

from houston.core.schema.nodes import Boolean, Choice, MapOf
from houston.core.services import services_of

CHANNELS = ("restAPI", "email")
"""The web client, and mail."""

ALL = "all"
MERGES = "individual_merge_all"

Preferences = Mapping[str, Mapping[str, bool]]
"""By kind and channel, whether a user receives notifications."""


class Kind(NamedTuple):
    """A kind of notifications.

    Attributes:
        sentence: The text of the mail, a format string of the values of the notification.
        is_request: Whether it stays unresolved until it is answered.
        group: The kind that stands for several, whose preferences hold for this one as well.
        page: The page of the web client that shows what it is about, if that is not its list of
            notifications: unless users choose otherwise, it is mailed instead of shown there.
    """

    sentence: str = ""
    is_request: bool = False
    group: str | None = None
    page: str | None = None


class NotificationKinds(dict[str, Kind]):
    """The kinds of one application by name, as its modules add them."""

    @cached_property
    def defaults(self) -> Preferences:
        """The preferences of a user without own ones.

        The web client shows what has no page of its own; `all` is not mailed, so nothing is.
        """
        return {
            name: {"restAPI": kind.page is None, "email": kind.page is not None}
            for name, kind in self.items()
        }

    def effective(self, own: Preferences) -> Preferences:
        """The preferences of a user, merged with the defaults."""
        if not own:
            return self.defaults
        return {kind: {**default, **own.get(kind, {})} for kind, default in self.defaults.items()}

    def hidden(self, own: Preferences) -> list[str]:
        """The kinds that a user hides in the web client, by the kind itself or by its group."""
        shown = {kind for kind, by in self.effective(own).items() if by["restAPI"]}
        return [kind for kind in self if not shown.issuperset(self._with_groups(kind))]

    def is_mailed(self, own: Preferences, kind: str) -> bool:
        """Return whether a user gets mail of a kind: all mail is on, and the kind or its group."""
        by_kind = self.effective(own)
        *groups, everything = (by_kind[each]["email"] for each in self._with_groups(kind))
        return everything and any(groups)

    def preferences(self, **options: Any) -> MapOf:
        """The node of preferences."""
        channels = MapOf(Boolean(), names=Choice(CHANNELS), max_items=len(CHANNELS))
        return MapOf(channels, names=Choice(self), max_items=len(self), **options)

    def _with_groups(self, kind: str) -> list[str]:
        group = self[kind].group
        return [kind, *([group] if group else []), ALL]


def merged(own: Preferences, given: Preferences) -> dict[str, dict[str, bool]]:
    """The own preferences of a user after some of them are given anew."""
    return {kind: {**own.get(kind, {}), **given.get(kind, {})} for kind in {**own, **given}}


def add_notification_kind(config: Configurator, name: str, kind: Kind) -> None:
    """Add a kind: `config.add_notification_kind("quota", Kind("Your quota is used up."))`."""
    services_of(config)[NotificationKinds][name] = kind


CLIENT_KINDS: Mapping[str, Kind] = {
    ALL: Kind(),
    MERGES: Kind(),
    "raw": Kind("There is something new."),
    "new_encounter_individual": Kind("An individual of yours was seen again."),
}
"""The kinds that the web client knows and no other module adds (contract A-09, section 3)."""
