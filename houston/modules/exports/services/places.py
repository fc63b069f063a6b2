"""The places of sensitive species, which are blurred to a grid or withheld in exports.

The site setting `site.sensitiveSpecies` lists the species, each with the spacing of its grid in
degrees or `withheld`. Owners of a record and administrators get the exact place. A place of several
species is shown as the most sensitive of them demands: the place of a sighting is that of all
animals seen there. Texts about a place are withheld with its exact coordinates, as they may have
them; its region is kept.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from houston.core.schema.nodes import Choice, Schema
from houston.modules.site_settings.changes import Change
from houston.modules.site_settings.registry import Key, Visibility
from houston.modules.site_settings.structured import GuidText, list_by

WITHHELD = "withheld"
DIGITS = {"0.1": 1, "0.01": 2}
"""The decimal places of the coordinates on each grid."""
LEVELS = (WITHHELD, *DIGITS)
"""The levels of protection, the strictest first."""
METRES_PER_DEGREE = 111_320


class SensitiveSpeciesSchema(Schema):
    """A species whose places are blurred or withheld in exports."""

    id = GuidText(lower=True, description="The id of the species.")
    coordinates = Choice(LEVELS, description="The spacing of the grid in degrees, or `withheld`.")


def check_sensitive_species(change: Change) -> None:
    """Check that the species are among those of the site."""
    known = {item["id"] for item in change.after("site.species")}
    for item in change.values[SENSITIVE_SPECIES.name]:
        if item["id"] not in known:
            change.wrong[SENSITIVE_SPECIES.name].append(f"There is no species {item['id']}.")


SENSITIVE_SPECIES = Key(
    "site.sensitiveSpecies",
    list_by("id", SensitiveSpeciesSchema(), "The species whose places exports blur or withhold."),
    [],
    Visibility.SIGNED_IN,
    display_type="json",
    required=False,
    check=check_sensitive_species,
)


@dataclass(frozen=True)
class Protection:
    """The level of protection of the places of a record; none, if it is empty."""

    level: str = ""

    @property
    def is_withheld(self) -> bool:
        """Return whether the coordinates are left out."""
        return self.level == WITHHELD

    @property
    def is_blurred(self) -> bool:
        """Return whether the coordinates are those of the nearest point of a grid."""
        return self.level in DIGITS

    @property
    def uncertainty(self) -> int | None:
        """The largest distance in metres of the blurred point from the exact one."""
        half_diagonal = float(self.level) / math.sqrt(2) if self.is_blurred else 0
        return math.ceil(half_diagonal * METRES_PER_DEGREE) or None

    def point(self, latitude: Any, longitude: Any) -> tuple[float | None, float | None]:
        """The coordinates as they are exported, in degrees."""
        if self.is_withheld or latitude is None or longitude is None:
            return None, None
        if not self.is_blurred:
            return latitude, longitude
        digits = DIGITS[self.level]
        return round(latitude, digits), round(longitude, digits)

    def text(self, text: str | None) -> str | None:
        """A text about a place as it is exported."""
        return None if self.level else text


NONE = Protection()


class Protections:
    """The protections of the species of a site."""

    def __init__(self, setting: Iterable[Mapping[str, str]]) -> None:
        self._levels = {UUID(item["id"]): item["coordinates"] for item in setting}

    def of(self, species: Iterable[UUID | None], *, is_exact: bool) -> Protection:
        """The protection of a record, by all species at its place and the right of the caller."""
        if is_exact or not self._levels:
            return NONE
        found = {self._levels[each] for each in species if each in self._levels}
        return Protection(next((level for level in LEVELS if level in found), ""))
