"""What a submission and its sightings must be: all that is wrong is told at once, in words."""

from houston.modules.asset_groups.validation import checks
from houston.modules.asset_groups.validation.faults import Faults, Place
from houston.modules.asset_groups.validation.lookups import Lookups, look_up
from houston.modules.asset_groups.validation.sighting import (
    Encounter,
    Sighting,
    read_encounter,
)
from houston.modules.asset_groups.validation.submission import (
    Submission,
    owner_emails,
    read_submission,
)

__all__ = [
    "Encounter",
    "Faults",
    "Lookups",
    "Place",
    "Sighting",
    "Submission",
    "checks",
    "look_up",
    "owner_emails",
    "read_encounter",
    "read_submission",
]
