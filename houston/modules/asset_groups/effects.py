"""The effects of transitions, each with the text that describes it in the documentation.

An effect changes loaded rows and executes no statement for a single sighting where many sightings
of a group advance at once: a thousand take as many statements as one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import delete, exists, insert, literal, select, update
from sqlalchemy.orm import with_parent

from houston.core.db.session import Session
from houston.core.db.types import Guid, utc_now
from houston.modules.annotations.models import Annotation
from houston.modules.asset_groups.models import (
    AssetGroup,
    AssetGroupSighting,
    DetectionJob,
    Stage,
    asset_group_sighting_annotation,
)
from houston.modules.jobs.models import Progress, ProgressStatus


@dataclass
class FollowUps:
    """The sightings for which jobs are to be enqueued after a transition."""

    detect: list[UUID] = field(default_factory=list)
    commit: list[UUID] = field(default_factory=list)


@dataclass
class Context:
    """An asset group sighting in transition, and what guards and effects need to know of it.

    Attributes:
        db: The session.
        sighting: The asset group sighting.
        has_assets: Whether it has assets.
        assets: The assets for detection.
        model: The detection model; None if detection was not requested.
        obstacle: Why the image analysis is not available; None if it is.
        reason: Why detection has failed.
        is_awaited: Whether a request to the image analysis is without an answer.
        follow_ups: The jobs to enqueue; sightings that advance together share them.
    """

    db: Session
    sighting: AssetGroupSighting
    has_assets: bool = True
    assets: list[UUID] = field(default_factory=list)
    model: str | None = None
    obstacle: str | None = None
    reason: str = ""
    is_awaited: bool = False
    follow_ups: FollowUps = field(default_factory=FollowUps)


class Effect(NamedTuple):
    """An effect of a transition."""

    text: str
    run: Callable[[Context], None]


def effect(text: str) -> Callable[[Callable[[Context], None]], Effect]:
    """Make a function an effect."""
    return lambda run: Effect(text, run)


def skip_detection(message: str) -> Effect:
    """Make the effect that skips detection, with a message for people."""
    return Effect(f"detection is skipped: {message}", lambda context: _skip(context, message))


@effect("detection is skipped, with the reason why the image analysis is not available")
def skip_unavailable_detection(context: Context) -> None:
    """Skip detection, with the obstacle as the message."""
    _skip(context, context.obstacle or "")


@effect("a job sends the request to the image analysis")
def begin_detection(context: Context) -> None:
    """Create the detection job; assets that are rotated from now on are for the next one."""
    sighting = context.sighting
    sighting.detection_start, sighting.detection_attempts = utc_now(), 0
    sighting.updated_assets = []
    request = DetectionJob(
        guid=uuid4(),
        asset_group_sighting_guid=sighting.guid,
        model=context.model,
        asset_guids=[str(guid) for guid in context.assets],
    )
    context.db.add(request)
    progress = _progress(context)
    progress.begin()
    progress.analysis_guid = request.guid
    context.follow_ups.detect.append(sighting.guid)


@effect("the start of curation is recorded")
def begin_curation(context: Context) -> None:
    """Record when curation begins."""
    context.sighting.curation_start = utc_now()


@effect("a job commits it, if a module creates sightings")
def request_commit(context: Context) -> None:
    """Have the sighting committed by a job."""
    context.follow_ups.commit.append(context.sighting.guid)


@effect("all annotations are assigned to the encounter, if there is exactly one")
def assign_to_sole_encounter(context: Context) -> None:
    """Assign all annotations on the assets of the sighting to its encounter."""
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


@effect("detection is complete")
def complete_detection(context: Context) -> None:
    """Show detection as complete."""
    _progress(context).advance(100)


@effect("detection has failed, with the reason")
def fail_detection(context: Context) -> None:
    """Show detection as failed."""
    _progress(context).end(ProgressStatus.FAILED, context.reason)


@effect("its group is processed, if it was the last one")
def process_group(context: Context) -> None:
    """Mark the group as processed, if all of its sightings are."""
    context.db.flush()
    mark_processed(context.db, context.sighting.asset_group_guid)


def mark_processed(db: Session, group: UUID) -> None:
    """Mark an asset group as processed, if all of its sightings are."""
    pending = exists().where(
        AssetGroupSighting.asset_group_guid == group, AssetGroupSighting.stage != Stage.PROCESSED
    )
    processed = update(AssetGroup).where(AssetGroup.guid == group, ~pending)
    db.execute(processed.values(is_processed=True))


def _skip(context: Context, message: str) -> None:
    progress = _progress(context)
    progress.begin()
    progress.end(ProgressStatus.SKIPPED, message)


def _progress(context: Context) -> Progress:
    """Return the progress of the sighting's detection, a step of its group's."""
    sighting = context.sighting
    if sighting.progress_detection is None:
        sighting.progress_detection = Progress(
            description=f"Detection for AssetGroupSighting {sighting.guid}",
            parent_guid=sighting.asset_group.progress_detection_guid,
        )
    return sighting.progress_detection
