"""Advancing asset group sightings: locks, transitions, and the jobs that follow them.

Preparation ends when the smaller copies of all pictures of the group are made. By a commit, an
asset group sighting becomes a sighting of the module that has them.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import case, exists, func, select

from houston.core.db.models import lock
from houston.core.db.session import Session
from houston.core.errors import Unprocessable
from houston.core.jobs import Jobs
from houston.core.services import Services
from houston.modules.annotations.models import Annotation
from houston.modules.asset_groups.models import (
    AssetGroup,
    AssetGroupSighting,
    DetectionJob,
    Stage,
    asset_group_sighting_asset,
)
from houston.modules.asset_groups.pipeline import COMMIT, DETECT, Context, Event, fire, outcome_of
from houston.modules.asset_groups.services import checks
from houston.modules.asset_groups.services.checks import Checker, Place
from houston.modules.assets.events import AssetPrepared
from houston.modules.assets.models import Asset, AssetState
from houston.modules.image_analysis.interface import ImageAnalysis
from houston.modules.jobs.services import complete, set_percentage, sum_up

OF_SIGHTINGS = asset_group_sighting_asset
IS_PICTURE = (Asset.state == AssetState.READY) & Asset.width.is_not(None)
COMPLAINT = case(
    (Asset.state == AssetState.DAMAGED, "damaged"),
    (Asset.width.is_(None), "without a picture"),
    (Asset.problem.is_not(None), "incomplete"),
)
"""What is wrong with a prepared file, in one word or three; NULL if nothing is."""
MAX_NAMES = 10
"""The number of files with one complaint that a message names."""


@dataclass
class SightingCreator:
    """The function with which a module creates sightings of committed asset group sightings.

    Attributes:
        create: `create(services, db, asset_group_sighting)` creates a sighting in the same
            transaction and returns its row; it refuses by raising an error. None without such a
            module.
    """

    create: Callable[[Services, Session, AssetGroupSighting], Any] | None = None


def lock_group(db: Session, group: AssetGroup) -> None:
    """Lock an asset group and its assets until the commit.

    The assets are locked first, in the order in which jobs that prepare assets lock them.

    Raises:
        NotFound: The asset group was deleted meanwhile.
    """
    assets = select(Asset.guid).where(Asset.asset_group_guid == group.guid).order_by(Asset.guid)
    db.execute(assets.with_for_update())
    lock(db, group)


def lock_sighting(db: Session, sighting: AssetGroupSighting) -> None:
    """Lock an asset group sighting until the commit, and keep its assets from being deleted.

    What refers to the assets is written afterwards. A deletion locks the assets first as well: the
    opposite order would be a deadlock.

    Raises:
        NotFound: The asset group sighting was deleted meanwhile.
    """
    own = OF_SIGHTINGS.c.asset_group_sighting_guid == sighting.guid
    assets = select(Asset.guid).join(OF_SIGHTINGS).where(own).order_by(Asset.guid)
    db.execute(assets.with_for_update(read=True, key_share=True, of=Asset))
    lock(db, sighting)


def advance(
    services: Services, db: Session, group: AssetGroup, event: Event, contexts: Sequence[Context]
) -> None:
    """Apply an event to locked sightings of an asset group, and enqueue the jobs that follow.

    Raises:
        Conflict: The event is refused.
    """
    for context in contexts:
        fire(event, context)
    db.flush()
    sum_up(db, group.progress_detection)
    can_commit = services[SightingCreator].create is not None
    for name in (DETECT, COMMIT) if can_commit else (DETECT,):
        started = [context.sighting for context in contexts if context.job == name]
        arguments = ({"sighting": str(sighting.guid)} for sighting in started)
        guids = services[Jobs].enqueue_many(db, name, arguments)
        for sighting, guid in zip(started, guids, strict=True):
            if name == DETECT and sighting.progress_detection is not None:
                sighting.progress_detection.job_guid = guid


def rerun_detection(
    services: Services, db: Session, sighting: AssetGroupSighting
) -> AssetGroupSighting:
    """Detect again in assets that have no annotations, or were rotated since the last detection.

    Raises:
        Conflict: The sighting is not in curation, or a request is without an answer.
    """
    lock_sighting(db, sighting)
    group, annotated = sighting.asset_group, exists().where(Annotation.asset_guid == Asset.guid)
    rotated = Asset.guid.in_([UUID(guid) for guid in sighting.updated_assets])
    assets = (
        select(Asset.guid)
        .join(OF_SIGHTINGS)
        .where(OF_SIGHTINGS.c.asset_group_sighting_guid == sighting.guid)
        .where(IS_PICTURE, ~annotated | rotated)
        .order_by(OF_SIGHTINGS.c.position)
    )
    context = Context(
        db,
        sighting,
        assets=list(db.scalars(assets)),
        reason=_obstacle(services, group),
        is_awaited=is_awaited(db, sighting),
    )
    advance(services, db, group, Event.DETECTION_REQUESTED, [context])
    return sighting


def is_awaited(db: Session, sighting: AssetGroupSighting) -> bool:
    """Return whether a request of a sighting is without an answer."""
    active = DetectionJob.asset_group_sighting_guid == sighting.guid, DetectionJob.active
    return bool(db.scalar(select(exists().where(*active))))


def update_preparation(services: Services, db: Session, event: AssetPrepared) -> None:
    """Update the preparation of the group of an asset that was prepared."""
    # Of two jobs that prepare the last two assets, the second sees what the first has done.
    group = db.get(AssetGroup, event.asset.asset_group_guid, with_for_update=True)
    if group is not None:
        advance_if_prepared(services, db, group)


def advance_if_prepared(services: Services, db: Session, group: AssetGroup) -> None:
    """Show the progress of the preparation; when it is complete, advance the sightings."""
    progress = group.progress_preparation
    if progress is not None and progress.complete:
        return
    total, pending = db.execute(
        select(func.count(), func.count().filter(Asset.state == AssetState.PENDING)).where(
            Asset.asset_group_guid == group.guid
        )
    ).one()
    if pending:
        set_percentage(db, progress, 100 * (total - pending) / total)
        return
    complete(db, progress)
    if progress is not None:
        progress.message = _complaints(db, group)
    advance(services, db, group, Event.PREPARED, _prepared_sightings(services, db, group))


def _prepared_sightings(services: Services, db: Session, group: AssetGroup) -> list[Context]:
    waiting = AssetGroupSighting.stage == Stage.PREPARATION
    sightings = db.scalars(
        select(AssetGroupSighting).where(AssetGroupSighting.asset_group_guid == group.guid, waiting)
    ).all()
    rows = db.execute(
        select(OF_SIGHTINGS.c.asset_group_sighting_guid, Asset.guid, IS_PICTURE)
        .join(Asset, Asset.guid == OF_SIGHTINGS.c.asset_guid)
        .where(Asset.asset_group_guid == group.guid)
        .order_by(OF_SIGHTINGS.c.position)
    )
    assets = defaultdict(list)
    for sighting_guid, guid, has_picture in rows:
        assets[sighting_guid].append((guid, has_picture))
    obstacle = _obstacle(services, group)
    return [
        Context(
            db,
            sighting,
            has_assets=sighting.guid in assets,
            assets=[guid for guid, has_picture in assets[sighting.guid] if has_picture],
            reason=obstacle,
        )
        for sighting in sightings
    ]


def _obstacle(services: Services, group: AssetGroup) -> str | None:
    """Return why the image analysis cannot detect by the model of a group; None if it can."""
    analysis, model = services[ImageAnalysis], group.model
    if not analysis.analyst.available:
        return analysis.analyst.reason
    if model is not None and model not in analysis.catalogue.detectors:
        return f"detection config {model} not supported"
    return None


def _complaints(db: Session, group: AssetGroup) -> str | None:
    """Return a message that names the files that show no picture or a part of it, if any."""
    wrong = Asset.asset_group_guid == group.guid, COMPLAINT.is_not(None)
    names = defaultdict(list)
    for complaint, name in db.execute(
        select(COMPLAINT, Asset.filename).where(*wrong).order_by(Asset.position)
    ):
        names[complaint].append(name)
    return "; ".join(_named(complaint, names[complaint]) for complaint in sorted(names)) or None


def _named(complaint: str, names: Sequence[str]) -> str:
    listed = ", ".join(names[:MAX_NAMES])
    rest = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return f"{len(names)} {complaint}: {listed}{rest}"


def commit_sighting(services: Services, db: Session, sighting: AssetGroupSighting) -> Any:
    """Create a sighting from an asset group sighting, and return its row.

    Raises:
        Conflict: It is not in curation.
        Unprocessable: Values are missing, or are unknown to the site by now.
    """
    lock_sighting(db, sighting)
    context = Context(db, sighting)
    outcome_of(Event.COMMITTED, context)
    _check_again(services, db, sighting)
    create = services[SightingCreator].create
    assert create is not None  # its module has the operation and lets jobs be enqueued
    created = create(services, db, sighting)
    sighting.sighting_guid = created.guid
    fire(Event.COMMITTED, context)
    db.flush()
    return created


def _check_again(services: Services, db: Session, sighting: AssetGroupSighting) -> None:
    """Check the values again: the site may have changed since they were given."""
    if not sighting.sighting:
        raise Unprocessable(f"AssetGroupSighting {sighting.guid} has no metadata")
    encounters = sighting.encounters
    checker = Checker(services, db, [each.encounter.get("ownerEmail") for each in encounters])
    place = Place("", f"Sighting {sighting.guid}")
    checker.run(checks.COMMITTED_SIGHTING, sighting.sighting, place)
    for position, encounter in enumerate(encounters):
        place = Place(f"encounters.{position}", f"Encounter {encounter.guid}")
        checker.run(checks.ENCOUNTER, encounter.encounter, place)
    checker.finish()
