"""While the pictures of a submission are prepared, and what follows when all of them are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from houston.core.db.session import Session
from houston.core.services import Services
from houston.modules.asset_groups.models import (
    AssetGroup,
    AssetGroupSighting,
    Stage,
    asset_group_sighting_asset,
)
from houston.modules.asset_groups.pipeline import Case, Event, fire
from houston.modules.asset_groups.pipeline.case import Errands
from houston.modules.asset_groups.services.detection.wanting import obstacle_of
from houston.modules.asset_groups.services.errands import run_errands
from houston.modules.assets.events import AssetPrepared
from houston.modules.assets.models import Asset, AssetState
from houston.modules.image_analysis.interface import ImageAnalysis
from houston.modules.jobs.services import complete, set_percentage, sum_up

NAMED = 10
"""How many damaged files a message names."""


def hear_of_preparation(services: Services, db: Session, event: AssetPrepared) -> None:
    """An asset is prepared: so is its group, if it was the last.

    The group is locked, so that of two last ones the second sees the first.
    """
    group = db.get(AssetGroup, event.asset.asset_group_guid, with_for_update=True)
    if group is not None:
        go_on_if_prepared(services, db, group)


def go_on_if_prepared(services: Services, db: Session, group: AssetGroup) -> None:
    """Show how far the preparation of a group is; when all is done, let its sightings go on."""
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
    _let_sightings_go_on(services, db, group)


class _Assets(NamedTuple):
    """The assets of one sighting."""

    all: list[UUID]
    visible: list[UUID]


def _let_sightings_go_on(services: Services, db: Session, group: AssetGroup) -> None:
    waiting = AssetGroupSighting.stage == Stage.PREPARATION
    sightings = db.scalars(
        select(AssetGroupSighting).where(AssetGroupSighting.asset_group_guid == group.guid, waiting)
    ).all()
    assets, errands = _assets_by_sighting(db, group), Errands()
    obstacle = obstacle_of(services[ImageAnalysis], group.model)
    for sighting in sightings:
        own = assets[sighting.guid]
        case = Case(
            db,
            sighting,
            has_assets=bool(own.all),
            assets=own.visible,
            model=group.model,
            obstacle=obstacle,
            errands=errands,
        )
        fire(Event.PREPARED, case)
    db.flush()
    sum_up(db, group.progress_detection)
    run_errands(services, db, errands)


def _assets_by_sighting(db: Session, group: AssetGroup) -> Mapping[UUID, _Assets]:
    belonging = asset_group_sighting_asset.c
    rows = db.execute(
        select(belonging.asset_group_sighting_guid, Asset.guid, Asset.state, Asset.width)
        .join(Asset, Asset.guid == belonging.asset_guid)
        .where(Asset.asset_group_guid == group.guid)
        .order_by(belonging.position)
    )
    found: defaultdict[UUID, _Assets] = defaultdict(lambda: _Assets([], []))
    for sighting, guid, state, width in rows:
        found[sighting].all.append(guid)
        if state is AssetState.READY and width is not None:
            found[sighting].visible.append(guid)
    return found


def _damage(db: Session, group: AssetGroup) -> str | None:
    """The names of the files that no picture could be made of."""
    names: Sequence[str] = db.scalars(
        select(Asset.filename)
        .where(Asset.asset_group_guid == group.guid, Asset.state == AssetState.DAMAGED)
        .order_by(Asset.position)
    ).all()
    if not names:
        return None
    listed = ", ".join(names[:NAMED])
    rest = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{len(names)} damaged: {listed}{rest}"
