"""The events of sightings and encounters, to which modules above subscribe."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from houston.modules.sightings.models import Encounter, Sighting


@dataclass(frozen=True)
class SightingCommitted:
    """A sighting was created from an asset group sighting.

    Attributes:
        sighting: The sighting.
        drafts: The fields of each of its encounters as they were in curation, in their order.
    """

    sighting: Sighting
    drafts: Sequence[tuple[Encounter, dict[str, Any]]]


@dataclass(frozen=True)
class IdentificationDue:
    """A sighting is to be compared with others, by its configurations of identification."""

    sighting: Sighting


@dataclass(frozen=True)
class IndividualsLeft:
    """Encounters were removed, after which these individuals have none."""

    guids: Collection[UUID]
