"""The preparation of an asset group: it ends when the smaller copies of all pictures are made."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from houston.core.db.session import Session
from houston.core.services import Services
from houston.modules.asset_groups.effects import Context, FollowUps
from houston.modules.asset_groups.models import (
    AssetGroup,
    AssetGroupSighting,
    Stage,
    asset_group_sighting_asset,
)
from houston.modules.asset_groups.pipeline import Event, fire
from houston.modules.asset_groups.services.detection import obstacle_of
from houston.modules.asset_groups.services.stages import enqueue
from houston.modules.assets.events import AssetPrepared
from houston.modules.assets.models import Asset, AssetState
from houston.modules.image_analysis.interface import ImageAnalysis
from houston.modules.jobs.services import complete, set_percentage, sum_up

MAX_NAMES = 10
"""The number of damaged files that a message names."""


class SightingAssets(NamedTuple):
    """The guids of the assets of a sighting, and of those that have a picture."""

    all: list[UUID]
    pictures: list[UUID]


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
        progress.message = _damage(db, group)
    _advance_sightings(services, db, group)


def _advance_sightings(services: Services, db: Session, group: AssetGroup) -> None:
    waiting = AssetGroupSighting.stage == Stage.PREPARATION
    sightings = db.scalars(
        select(AssetGroupSighting).where(AssetGroupSighting.asset_group_guid == group.guid, waiting)
    ).all()
    assets, follow_ups = _assets_by_sighting(db, group), FollowUps()
    obstacle = obstacle_of(services[ImageAnalysis], group.model)
    for sighting in sightings:
        own = assets[sighting.guid]
        context = Context(
            db,
            sighting,
            has_assets=bool(own.all),
            assets=own.pictures,
            model=group.model,
            obstacle=obstacle,
            follow_ups=follow_ups,
        )
        fire(Event.PREPARED, context)
    db.flush()
    sum_up(db, group.progress_detection)
    enqueue(services, db, follow_ups)


def _assets_by_sighting(db: Session, group: AssetGroup) -> Mapping[UUID, SightingAssets]:
    of_sightings = asset_group_sighting_asset.c
    rows = db.execute(
        select(of_sightings.asset_group_sighting_guid, Asset.guid, Asset.state, Asset.width)
        .join(Asset, Asset.guid == of_sightings.asset_guid)
        .where(Asset.asset_group_guid == group.guid)
        .order_by(of_sightings.position)
    )
    found: defaultdict[UUID, SightingAssets] = defaultdict(lambda: SightingAssets([], []))
    for sighting, guid, state, width in rows:
        found[sighting].all.append(guid)
        if state is AssetState.READY and width is not None:
            found[sighting].pictures.append(guid)
    return found


def _damage(db: Session, group: AssetGroup) -> str | None:
    """Return a message that names damaged files; None if there are none."""
    damaged = Asset.asset_group_guid == group.guid, Asset.state == AssetState.DAMAGED
    names = db.scalars(select(Asset.filename).where(*damaged).order_by(Asset.position)).all()
    if not names:
        return None
    listed = ", ".join(names[:MAX_NAMES])
    rest = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return f"{len(names)} damaged: {listed}{rest}"
