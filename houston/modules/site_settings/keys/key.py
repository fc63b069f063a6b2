"""What is declared of a key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from houston.core.settings import Settings
from houston.modules.site_settings.kinds import File, Kind, Secret


class Visibility(IntEnum):
    """Who is shown the value of a key; each also sees what those before him see."""

    PUBLIC = 0
    SIGNED_IN = 1
    PRIVATE = 2

    @property
    def description(self) -> str:
        """The words for people."""
        return ("everybody", "signed-in users", "administrators")[self]


@dataclass(frozen=True)
class Key:
    """A setting of the site.

    `default` holds while nothing is stored, or is asked of the program's settings once at start;
    without one the kind's empty value holds. `display_type` and `field_type` tell clients how to
    draw it, `schema` what else they need for that. A `read_only` one is not changed from outside.
    """

    name: str
    kind: Kind
    default: Any = None
    visibility: Visibility = Visibility.PUBLIC
    display_type: str = "string"
    field_type: str = ""
    required: bool = True
    read_only: bool = False
    schema: Mapping[str, Any] | None = None
    shown_default: Any = None
    """What clients are told of the default where that is not the default itself."""
    default_of: Callable[[Settings], Any] | None = None

    @property
    def is_file(self) -> bool:
        """Whether its value is a file that was uploaded."""
        return isinstance(self.kind, File)

    @property
    def is_secret(self) -> bool:
        """Whether nobody is shown its value, only that there is one."""
        return isinstance(self.kind, Secret)

    def default_in(self, settings: Settings) -> Any:
        """What holds while nothing is stored."""
        default = self.default if self.default_of is None else self.default_of(settings)
        return self.kind.empty if default is None else default

    def is_shown_to(self, audience: Visibility) -> bool:
        """Whether somebody who sees so much is shown the value."""
        return audience >= self.visibility and not self.is_secret

    def description(self, default: Any) -> dict[str, Any]:
        """What clients are told of it besides its value."""
        words = self.name.upper().replace(".", "_")
        described = {
            "descriptionId": f"CONFIGURATION_{words}_DESCRIPTION",
            "labelId": f"CONFIGURATION_{words}_LABEL",
            "defaultValue": self._shown_default(default),
            "required": self.required,
            "displayType": self.display_type,
            "fieldType": self.field_type or self.display_type,
        }
        if self.schema is not None:
            described["schema"] = self.schema
        if self.read_only:
            described |= {"readOnly": True, "settable": False}
        return described

    def _shown_default(self, default: Any) -> Any:
        """The default of a private key may be as private as its value."""
        if self.visibility is Visibility.PUBLIC and self.shown_default is None:
            return default
        return self.shown_default
