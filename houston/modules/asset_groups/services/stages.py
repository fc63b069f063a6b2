"""Advancing asset group sightings: locks, transitions, and the jobs that follow them."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.errors import NotFound
from houston.core.jobs import Jobs
from houston.core.services import Services
from houston.modules.asset_groups.effects import Context, FollowUps
from houston.modules.asset_groups.models import AssetGroup, AssetGroupSighting
from houston.modules.asset_groups.pipeline import Event, fire
from houston.modules.assets.models import Asset
from houston.modules.jobs.services import sum_up

DETECT, COLLECT = "asset_groups.detect", "asset_groups.collect"
COMMIT = "asset_groups.commit"


@dataclass
class SightingCreator:
    """The function with which a module creates sightings of committed asset group sightings.

    Attributes:
        create: `create(db, asset_group_sighting)` creates a sighting in the same transaction and
            returns its guid; it refuses by raising an error. None without such a module.
    """

    create: Callable[[Session, AssetGroupSighting], UUID] | None = None


def lock(db: Session, row: AssetGroup | AssetGroupSighting) -> None:
    """Lock a row until the commit, and forget what was read before.

    Raises:
        NotFound: The row was deleted meanwhile.
    """
    key = type(row).guid
    if db.scalar(select(key).where(key == row.guid).with_for_update()) is None:
        raise NotFound
    db.expire_all()


def lock_group(db: Session, group: AssetGroup) -> None:
    """Lock an asset group and its assets until the commit.

    The assets are locked first, in the order in which jobs that prepare assets lock them.

    Raises:
        NotFound: The asset group was deleted meanwhile.
    """
    assets = select(Asset.guid).where(Asset.asset_group_guid == group.guid).order_by(Asset.guid)
    db.execute(assets.with_for_update())
    lock(db, group)


def advance(services: Services, event: Event, context: Context) -> None:
    """Apply an event to a locked sighting, and enqueue the jobs that follow.

    Raises:
        Conflict: The event is refused.
    """
    fire(event, context)
    context.db.flush()
    sum_up(context.db, context.sighting.asset_group.progress_detection)
    enqueue(services, context.db, context.follow_ups)


def enqueue(services: Services, db: Session, follow_ups: FollowUps) -> None:
    """Enqueue the jobs that follow from transitions."""
    jobs = services[Jobs]
    jobs.enqueue_many(db, DETECT, ({"sighting": str(guid)} for guid in follow_ups.detect))
    if services[SightingCreator].create is not None:
        jobs.enqueue_many(db, COMMIT, ({"sighting": str(guid)} for guid in follow_ups.commit))
