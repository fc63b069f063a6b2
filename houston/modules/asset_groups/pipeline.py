"""The pipeline of an asset group sighting: its stages, and the transitions between them.

The server runs from the table `TRANSITIONS`, and docs/asset-groups.md is generated from it. The
transition of an event in a stage is the first whose guard holds; without one the event is refused.
"""

from collections.abc import Callable, Iterator
from enum import Enum
from typing import NamedTuple

from houston.core.errors import Conflict
from houston.modules.asset_groups import effects
from houston.modules.asset_groups.effects import Context, Effect, skip_detection
from houston.modules.asset_groups.models import Stage


class Event(str, Enum):
    """An event that advances an asset group sighting."""

    SUBMITTED = "submitted"
    PREPARED = "prepared"
    DETECTED = "detected"
    DETECTION_FAILED = "detection failed"
    DETECTION_REQUESTED = "detection requested"
    COMMITTED = "committed"

    __str__ = str.__str__


class Guard(NamedTuple):
    """A condition of a transition, with its text in the documentation."""

    text: str
    holds: Callable[[Context], bool]


class Transition(NamedTuple):
    """The outcome of an event in a stage where a guard holds; without a target it is refused."""

    event: Event
    source: Stage
    guard: Guard
    target: Stage | None
    effects: tuple[Effect, ...] = ()
    refusal: str = ""


ALWAYS = Guard("", lambda _context: True)
HAS_NO_ASSETS = Guard("it has no assets", lambda context: not context.has_assets)
HAS_NO_MODEL = Guard("no detection model was chosen", lambda context: context.model is None)
IS_UNAVAILABLE = Guard(
    "the image analysis is not available", lambda context: context.obstacle is not None
)
HAS_NOTHING_NEW = Guard(
    "it has no picture, or each has annotations", lambda context: not context.assets
)
IS_AWAITED = Guard("a request is without an answer", lambda context: context.is_awaited)

NO_ASSETS = skip_detection("No assets were submitted")
NO_MODEL = skip_detection("No detection config specified")
NOTHING_NEW = skip_detection("No new or changed pictures to analyse")

DETECTION_OUTCOMES = (
    (HAS_NO_MODEL, Stage.CURATION, (NO_MODEL, effects.begin_curation)),
    (
        IS_UNAVAILABLE,
        Stage.CURATION,
        (effects.skip_unavailable_detection, effects.begin_curation),
    ),
    (HAS_NOTHING_NEW, Stage.CURATION, (NOTHING_NEW, effects.begin_curation)),
    (ALWAYS, Stage.DETECTION, (effects.begin_detection,)),
)
"""The outcomes of events that begin detection, or skip it."""

TRANSITIONS: tuple[Transition, ...] = (
    Transition(Event.SUBMITTED, Stage.UNKNOWN, ALWAYS, Stage.PREPARATION),
    Transition(
        Event.PREPARED,
        Stage.PREPARATION,
        HAS_NO_ASSETS,
        Stage.CURATION,
        (NO_ASSETS, effects.begin_curation, effects.request_commit),
    ),
    *(Transition(Event.PREPARED, Stage.PREPARATION, *outcome) for outcome in DETECTION_OUTCOMES),
    Transition(Event.DETECTED, Stage.DETECTION, IS_AWAITED, Stage.DETECTION),
    Transition(
        Event.DETECTED,
        Stage.DETECTION,
        ALWAYS,
        Stage.CURATION,
        (effects.assign_to_sole_encounter, effects.complete_detection, effects.begin_curation),
    ),
    Transition(
        Event.DETECTION_FAILED,
        Stage.DETECTION,
        ALWAYS,
        Stage.CURATION,
        (effects.fail_detection, effects.begin_curation),
    ),
    Transition(
        Event.DETECTION_REQUESTED,
        Stage.DETECTION,
        IS_AWAITED,
        None,
        refusal="Cannot rerun detection on AssetGroupSighting in {stage} stage with active jobs",
    ),
    *(
        Transition(Event.DETECTION_REQUESTED, stage, *outcome)
        for stage in (Stage.CURATION, Stage.DETECTION)
        for outcome in DETECTION_OUTCOMES
    ),
    Transition(Event.COMMITTED, Stage.CURATION, ALWAYS, Stage.PROCESSED, (effects.process_group,)),
)

TRANSITIONS_OF: dict[tuple[Event, Stage], list[Transition]] = {}
for _row in TRANSITIONS:
    TRANSITIONS_OF.setdefault((_row.event, _row.source), []).append(_row)

REFUSALS = {
    Event.SUBMITTED: "AssetGroupSighting {guid} was submitted before",
    Event.PREPARED: "AssetGroupSighting {guid} was prepared before",
    Event.DETECTED: "AssetGroupSighting {guid} is not detecting",
    Event.DETECTION_FAILED: "AssetGroupSighting {guid} is not detecting",
    Event.DETECTION_REQUESTED: "Cannot rerun detection on AssetGroupSighting in {stage} stage",
    Event.COMMITTED: (
        "AssetGroupSighting {guid} is currently in {stage}, not curating cannot commit"
    ),
}
"""The messages of events in stages without a transition."""

MEANINGS = {
    Stage.UNKNOWN: "has just been created, within a request",
    Stage.PREPARATION: "waits until the smaller copies of all pictures of its group are made",
    Stage.DETECTION: "waits for the image analysis to find animals",
    Stage.CURATION: "is annotated, assigned and corrected by people",
    Stage.PROCESSED: "has been committed: it has become a sighting",
    Stage.FAILED: "is never set; clients of the former server know it",
}
STAGES = "; ".join(f"`{stage}` {meaning}" for stage, meaning in MEANINGS.items())
"""The meanings of the stages, for the API document."""


def fire(event: Event, context: Context) -> None:
    """Apply the transition of an event to an asset group sighting whose row is locked.

    Raises:
        Conflict: The event is refused.
    """
    transition = transition_of(event, context)
    assert transition.target is not None
    context.sighting.stage = transition.target
    for effect in transition.effects:
        effect.run(context)


def transition_of(event: Event, context: Context) -> Transition:
    """Return the transition of an event.

    Raises:
        Conflict: There is none, or it refuses the event.
    """
    stage = context.sighting.stage
    rows = TRANSITIONS_OF.get((event, stage), ())
    row = next((row for row in rows if row.guard.holds(context)), None)
    if row is None or row.target is None:
        message = row.refusal if row else REFUSALS[event]
        raise Conflict(message.format(guid=context.sighting.guid, stage=stage))
    return row


def states_page() -> str:
    """Return the page of the documentation that shows the table."""
    return "\n".join([*_head(), *_transitions(), ""])


def _head() -> Iterator[str]:
    yield "# The pipeline of an asset group sighting"
    yield ""
    yield "An asset group has asset group sightings. Each advances through these stages by itself."
    yield "This page is generated from `houston/modules/asset_groups/pipeline.py`, from which the"
    yield "server runs."
    yield ""
    yield "| Stage | A sighting in it |"
    yield "|---|---|"
    for stage in Stage:
        yield f"| `{stage}` | {MEANINGS[stage]} |"
    yield ""


def _transitions() -> Iterator[str]:
    yield "The transition of an event in a stage is the first row whose condition holds. An event"
    yield "without a row for the present stage is refused with 409."
    yield ""
    yield "| From | Event | If | To | Effects |"
    yield "|---|---|---|---|---|"
    for row in TRANSITIONS:
        target = f"`{row.target}`" if row.target else "refused with 409"
        words = "; ".join(effect.text for effect in row.effects)
        yield f"| `{row.source}` | {row.event} | {row.guard.text} | {target} | {words} |"
