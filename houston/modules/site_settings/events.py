"""The event of site settings, to which modules above subscribe."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from houston.core.security.grants import Identity


@dataclass(frozen=True)
class SettingsChanged:
    """A caller has changed settings.

    Attributes:
        caller: The caller.
        before: The former values of all settings by key.
        after: The new values of those that were set.
    """

    caller: Identity
    before: Mapping[str, Any]
    after: Mapping[str, Any]
