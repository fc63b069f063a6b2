"""The table of a reported sighting's stages: what can happen in each, and what follows.

The machine runs from this table and docs/asset-groups.md is printed from it. Of the rows of an
event and a stage, the first whose guard holds is the one; without any the event is refused.
"""

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from houston.modules.asset_groups.models import Stage
from houston.modules.asset_groups.pipeline import effects
from houston.modules.asset_groups.pipeline.case import Case
from houston.modules.asset_groups.pipeline.effects import Effect


class Event(str, Enum):
    """What can happen to a reported sighting."""

    SUBMITTED = "submitted"
    PREPARED = "prepared"
    DETECTED = "detected"
    DETECTION_FAILED = "detection failed"
    DETECTION_WANTED = "detection wanted"
    COMMITTED = "committed"

    __str__ = str.__str__


class Guard(NamedTuple):
    """A condition in words, and the test of it."""

    words: str
    holds: Callable[[Case], bool]


class Transition(NamedTuple):
    """What an event leads to in a stage where a guard holds; what is refused has no target."""

    event: Event
    source: Stage
    guard: Guard
    target: Stage | None
    effects: tuple[Effect, ...] = ()
    refusal: str = ""


ALWAYS = Guard("", lambda case: True)
HAS_NO_ASSETS = Guard("it has no assets", lambda case: not case.has_assets)
WANTS_NO_DETECTION = Guard("no detection model was chosen", lambda case: case.model is None)
CANNOT_BE_ASKED = Guard(
    "the image analysis cannot be asked", lambda case: case.obstacle is not None
)
HAS_NOTHING_TO_LOOK_AT = Guard(
    "there is no picture to look at, or each has annotations", lambda case: not case.assets
)
IS_AWAITED = Guard("an answer is still to come", lambda case: case.is_awaited)

NO_ASSETS = effects.skip_detection("No assets were submitted")
NO_MODEL = effects.skip_detection("No detection config specified")
NOTHING_NEW = effects.skip_detection("There is nothing new to look at")

TRANSITIONS: tuple[Transition, ...] = (
    Transition(Event.SUBMITTED, Stage.UNKNOWN, ALWAYS, Stage.PREPARATION),
    Transition(
        Event.PREPARED,
        Stage.PREPARATION,
        HAS_NO_ASSETS,
        Stage.CURATION,
        (NO_ASSETS, effects.BEGIN_CURATION, effects.COMMIT_BY_ITSELF),
    ),
    Transition(
        Event.PREPARED,
        Stage.PREPARATION,
        WANTS_NO_DETECTION,
        Stage.CURATION,
        (NO_MODEL, effects.BEGIN_CURATION),
    ),
    Transition(
        Event.PREPARED,
        Stage.PREPARATION,
        CANNOT_BE_ASKED,
        Stage.CURATION,
        (effects.SKIP_WITH_OBSTACLE, effects.BEGIN_CURATION),
    ),
    Transition(
        Event.PREPARED,
        Stage.PREPARATION,
        HAS_NOTHING_TO_LOOK_AT,
        Stage.CURATION,
        (NOTHING_NEW, effects.BEGIN_CURATION),
    ),
    Transition(
        Event.PREPARED, Stage.PREPARATION, ALWAYS, Stage.DETECTION, (effects.BEGIN_DETECTION,)
    ),
    Transition(Event.DETECTED, Stage.DETECTION, IS_AWAITED, Stage.DETECTION),
    Transition(
        Event.DETECTED,
        Stage.DETECTION,
        ALWAYS,
        Stage.CURATION,
        (effects.ASSIGN_TO_SOLE_ENCOUNTER, effects.COMPLETE_DETECTION, effects.BEGIN_CURATION),
    ),
    Transition(
        Event.DETECTION_FAILED,
        Stage.DETECTION,
        ALWAYS,
        Stage.CURATION,
        (effects.FAIL_DETECTION, effects.BEGIN_CURATION),
    ),
    Transition(
        Event.DETECTION_WANTED,
        Stage.DETECTION,
        IS_AWAITED,
        None,
        refusal="Cannot rerun detection on AssetGroupSighting in {stage} stage with active jobs",
    ),
    *(
        Transition(Event.DETECTION_WANTED, stage, guard, target, then)
        for stage in (Stage.CURATION, Stage.DETECTION)
        for guard, target, then in (
            (WANTS_NO_DETECTION, Stage.CURATION, (NO_MODEL, effects.BEGIN_CURATION)),
            (
                CANNOT_BE_ASKED,
                Stage.CURATION,
                (effects.SKIP_WITH_OBSTACLE, effects.BEGIN_CURATION),
            ),
            (HAS_NOTHING_TO_LOOK_AT, Stage.CURATION, (NOTHING_NEW, effects.BEGIN_CURATION)),
            (ALWAYS, Stage.DETECTION, (effects.BEGIN_DETECTION,)),
        )
    ),
    Transition(Event.COMMITTED, Stage.CURATION, ALWAYS, Stage.PROCESSED, (effects.PROCESS_GROUP,)),
)

REFUSALS = {
    Event.SUBMITTED: "AssetGroupSighting {guid} was submitted before",
    Event.PREPARED: "AssetGroupSighting {guid} was prepared before",
    Event.DETECTED: "AssetGroupSighting {guid} is not detecting",
    Event.DETECTION_FAILED: "AssetGroupSighting {guid} is not detecting",
    Event.DETECTION_WANTED: "Cannot rerun detection on AssetGroupSighting in {stage} stage",
    Event.COMMITTED: (
        "AssetGroupSighting {guid} is currently in {stage}, not curating cannot commit"
    ),
}
"""What is answered where the table has no row."""

MEANINGS = {
    Stage.UNKNOWN: "has just been made, and nobody has seen it",
    Stage.PREPARATION: "waits until each picture of its group has its smaller copies",
    Stage.DETECTION: "waits for the image analysis to find the animals",
    Stage.CURATION: "is annotated, sorted and corrected by people",
    Stage.PROCESSED: "has been committed: it is a sighting now",
    Stage.FAILED: "is set by nobody; kept for clients that know it",
}
