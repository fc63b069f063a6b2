"""The pipeline of an asset group sighting: its stages, and the transitions between them.

The server runs from the table `TRANSITIONS`, and docs/asset-groups.md is generated from it. The
outcome of an event in a stage is the first whose guard holds; without one the event is refused.

The docstring of an effect describes it in that page. Effects change loaded rows and execute no
statement for a single sighting where many sightings of a group advance at once: a thousand take as
many statements as one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import delete, exists, insert, literal, select, update
from sqlalchemy.orm import with_parent

from houston.core.db.session import Session
from houston.core.db.types import Guid, utc_now
from houston.core.errors import Conflict
from houston.core.values import TextEnum
from houston.modules.annotations.models import Annotation
from houston.modules.asset_groups.models import (
    AssetGroup,
    AssetGroupSighting,
    DetectionJob,
    Stage,
    asset_group_sighting_annotation,
)
from houston.modules.jobs.models import Progress, ProgressStatus

DETECT, COLLECT = "asset_groups.detect", "asset_groups.collect"
COMMIT = "asset_groups.commit"
"""The names of the jobs."""


class Event(TextEnum):
    """An event that advances an asset group sighting."""

    SUBMITTED = "submitted"
    PREPARED = "prepared"
    DETECTED = "detected"
    DETECTION_FAILED = "detection failed"
    DETECTION_REQUESTED = "detection requested"
    COMMITTED = "committed"


@dataclass
class Context:
    """An asset group sighting in transition, and what guards and effects need to know of it.

    Attributes:
        db: The session.
        sighting: The asset group sighting.
        has_assets: Whether it has assets.
        assets: The assets for detection.
        reason: Why the image analysis is not available, or why detection has failed, if so.
        is_awaited: Whether a request to the image analysis is without an answer.
        job: The name of the job to enqueue for the sighting, which effects set.
    """

    db: Session
    sighting: AssetGroupSighting
    has_assets: bool = True
    assets: list[UUID] = field(default_factory=list)
    reason: str | None = None
    is_awaited: bool = False
    job: str | None = None


Effect = Callable[[Context], None]


def skip_detection(message: str) -> Effect:
    """Return the effect that skips detection, with a message for people."""

    def skip(context: Context) -> None:
        _skip(context, message)

    skip.__doc__ = f"Detection is skipped: {message}."
    return skip


def skip_unavailable_detection(context: Context) -> None:
    """Detection is skipped, with the reason why the image analysis is not available."""
    _skip(context, context.reason)


def begin_detection(context: Context) -> None:
    """A job sends the request to the image analysis."""
    sighting, model = context.sighting, context.sighting.asset_group.model
    assert model is not None
    sighting.detection_start, sighting.detection_attempts = utc_now(), 0
    # Assets that are rotated from now on are for the next detection.
    sighting.updated_assets = []
    _progress(sighting).begin()
    add_request(context.db, sighting, model, [str(guid) for guid in context.assets])
    context.job = DETECT


def begin_curation(context: Context) -> None:
    """The start of curation is recorded."""
    context.sighting.curation_start = utc_now()


def request_commit(context: Context) -> None:
    """A job commits it, if a module creates sightings."""
    context.job = COMMIT


def assign_annotations(context: Context) -> None:
    """All annotations are assigned to the encounter, if there is exactly one."""
    if len(context.sighting.encounters) != 1:
        return
    context.db.flush()
    (encounter,) = context.sighting.encounters
    assigned = asset_group_sighting_annotation
    of_sighting = with_parent(context.sighting, AssetGroupSighting.annotations)
    annotations = select(Annotation.guid).where(of_sighting)
    context.db.execute(delete(assigned).where(assigned.c.annotation_guid.in_(annotations)))
    rows = annotations.add_columns(literal(encounter.guid, Guid()))
    context.db.execute(insert(assigned).from_select(["annotation_guid", "encounter_guid"], rows))
    context.db.expire(encounter, ["annotations"])


def complete_detection(context: Context) -> None:
    """Detection is complete."""
    _progress(context.sighting).advance(100)


def fail_detection(context: Context) -> None:
    """Detection has failed, with the reason."""
    _progress(context.sighting).end(ProgressStatus.FAILED, context.reason)


def refuse_detection(_context: Context) -> None:
    """The event is refused with 409."""
    raise Conflict(
        "Cannot rerun detection on AssetGroupSighting in detection stage with active jobs"
    )


def process_group(context: Context) -> None:
    """Its group is processed, if it was the last one."""
    context.db.flush()
    mark_processed(context.db, context.sighting.asset_group_guid)


class Guard(NamedTuple):
    """A condition of a transition, with its text in the documentation."""

    text: str
    holds: Callable[[Context], bool]


ALWAYS = Guard("", lambda _context: True)
HAS_NO_ASSETS = Guard("it has no assets", lambda context: not context.has_assets)
HAS_NO_MODEL = Guard(
    "no detection model was chosen", lambda context: context.sighting.asset_group.model is None
)
IS_UNAVAILABLE = Guard(
    "the image analysis is not available", lambda context: context.reason is not None
)
HAS_NOTHING_NEW = Guard(
    "it has no picture, or each has annotations", lambda context: not context.assets
)
IS_AWAITED = Guard("a request is without an answer", lambda context: context.is_awaited)

NO_ASSETS = skip_detection("No assets were submitted")
NO_MODEL = skip_detection("No detection config specified")
NOTHING_NEW = skip_detection("No new or changed pictures to analyse")


class Outcome(NamedTuple):
    """The outcome of an event in a stage where a guard holds."""

    guard: Guard
    target: Stage
    effects: tuple[Effect, ...] = ()


DETECTION_OUTCOMES = (
    Outcome(HAS_NO_MODEL, Stage.CURATION, (NO_MODEL, begin_curation)),
    Outcome(IS_UNAVAILABLE, Stage.CURATION, (skip_unavailable_detection, begin_curation)),
    Outcome(HAS_NOTHING_NEW, Stage.CURATION, (NOTHING_NEW, begin_curation)),
    Outcome(ALWAYS, Stage.DETECTION, (begin_detection,)),
)
"""The outcomes of events that begin detection, or skip it."""

TRANSITIONS: dict[tuple[Event, Stage], tuple[Outcome, ...]] = {
    (Event.SUBMITTED, Stage.UNKNOWN): (Outcome(ALWAYS, Stage.PREPARATION),),
    (Event.PREPARED, Stage.PREPARATION): (
        Outcome(HAS_NO_ASSETS, Stage.CURATION, (NO_ASSETS, begin_curation, request_commit)),
        *DETECTION_OUTCOMES,
    ),
    (Event.DETECTED, Stage.DETECTION): (
        Outcome(IS_AWAITED, Stage.DETECTION),
        Outcome(ALWAYS, Stage.CURATION, (assign_annotations, complete_detection, begin_curation)),
    ),
    (Event.DETECTION_FAILED, Stage.DETECTION): (
        Outcome(ALWAYS, Stage.CURATION, (fail_detection, begin_curation)),
    ),
    (Event.DETECTION_REQUESTED, Stage.CURATION): DETECTION_OUTCOMES,
    (Event.DETECTION_REQUESTED, Stage.DETECTION): (
        Outcome(IS_AWAITED, Stage.DETECTION, (refuse_detection,)),
        *DETECTION_OUTCOMES,
    ),
    (Event.COMMITTED, Stage.CURATION): (Outcome(ALWAYS, Stage.PROCESSED, (process_group,)),),
}

REFUSALS = dict.fromkeys(Event, "AssetGroupSighting {guid} is in {stage}") | {
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
    """Apply the outcome of an event to an asset group sighting whose row is locked.

    Raises:
        Conflict: The event is refused.
    """
    outcome = outcome_of(event, context)
    context.sighting.stage = outcome.target
    for effect in outcome.effects:
        effect(context)


def outcome_of(event: Event, context: Context) -> Outcome:
    """Return the outcome of an event.

    Raises:
        Conflict: There is none.
    """
    stage = context.sighting.stage
    for outcome in TRANSITIONS.get((event, stage), ()):
        if outcome.guard.holds(context):
            return outcome
    raise Conflict(REFUSALS[event].format(guid=context.sighting.guid, stage=stage))


def add_request(
    db: Session, sighting: AssetGroupSighting, model: str, assets: list[str]
) -> DetectionJob:
    """Add a request to detect animals in assets; it is shown by the progress of the sighting."""
    request = DetectionJob(
        guid=uuid4(), asset_group_sighting_guid=sighting.guid, model=model, asset_guids=assets
    )
    db.add(request)
    if sighting.progress_detection is not None:
        sighting.progress_detection.analysis_guid = request.guid
    return request


def mark_processed(db: Session, group: UUID) -> None:
    """Mark an asset group as processed, if all of its sightings are."""
    pending = exists().where(
        AssetGroupSighting.asset_group_guid == group, AssetGroupSighting.stage != Stage.PROCESSED
    )
    processed = update(AssetGroup).where(AssetGroup.guid == group, ~pending)
    db.execute(processed.values(is_processed=True))


def _skip(context: Context, message: str | None) -> None:
    progress = _progress(context.sighting)
    progress.begin()
    progress.end(ProgressStatus.SKIPPED, message)


def _progress(sighting: AssetGroupSighting) -> Progress:
    """Return the progress of the sighting's detection, a step of its group's."""
    if sighting.progress_detection is None:
        sighting.progress_detection = Progress(
            description=f"Detection for AssetGroupSighting {sighting.guid}",
            parent_guid=sighting.asset_group.progress_detection_guid,
        )
    return sighting.progress_detection


PAGE = """\
# The pipeline of an asset group sighting

An asset group has asset group sightings. Each advances through these stages by itself.
This page is generated from `houston/modules/asset_groups/pipeline.py`, from which the
server runs.

| Stage | A sighting in it |
|---|---|
{stages}

The transition of an event in a stage is the first row whose condition holds. An event
without a row for the present stage is refused with 409.

| From | Event | If | To | Effects |
|---|---|---|---|---|
{transitions}
"""


def states_page() -> str:
    """Return the page of the documentation that shows the table."""
    stages = [f"| `{stage}` | {meaning} |" for stage, meaning in MEANINGS.items()]
    transitions = [
        f"| `{source}` | {event} | {guard.text} | `{target}` | {'; '.join(map(_words, effects))} |"
        for (event, source), outcomes in TRANSITIONS.items()
        for guard, target, effects in outcomes
    ]
    return PAGE.format(stages="\n".join(stages), transitions="\n".join(transitions))


def _words(effect: Effect) -> str:
    text = effect.__doc__ or ""
    return text[:1].lower() + text[1:].rstrip(".")
