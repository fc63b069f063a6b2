"""Assets come with a submission, and go with it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.events import Events
from houston.core.jobs import Jobs
from houston.modules.assets.events import AssetsDeleted
from houston.modules.assets.models import Asset, AssetState, asset_tag
from houston.modules.assets.services.preparation import start_preparation
from houston.modules.keywords.services import forget_unused
from houston.modules.uploads.models import Upload


def create_assets(
    jobs: Jobs, db: Session, uploads: Sequence[Upload], *, asset_group_guid: UUID, owner_guid: UUID
) -> list[Asset]:
    """Make an asset of each of some finished uploads, in their order.

    What is a picture is prepared after the commit, each by a job of its own.
    """
    assets = [
        _asset_of(upload, position, asset_group_guid, owner_guid)
        for position, upload in enumerate(uploads)
    ]
    db.add_all(assets)
    db.flush()
    start_preparation(jobs, db, [asset for asset in assets if asset.is_image])
    return assets


def delete_assets(events: Events, db: Session, assets: Sequence[Asset]) -> None:
    """Delete some assets with their annotations, and the keywords that nothing else has."""
    events.publish(db, AssetsDeleted(assets))
    guids = [asset.guid for asset in assets]
    tags = select(asset_tag.c.keyword_guid).where(asset_tag.c.asset_guid.in_(guids))
    keywords = set(db.scalars(tags))
    for asset in assets:
        db.delete(asset)
    db.flush()
    forget_unused(db, keywords)


def _asset_of(upload: Upload, position: int, asset_group_guid: UUID, owner_guid: UUID) -> Asset:
    asset = Asset(
        owner_guid=owner_guid,
        asset_group_guid=asset_group_guid,
        position=position,
        filename=upload.filename,
        mime_type=upload.mime_type,
        size=upload.size,
        file_key=upload.file_key,
        width=upload.width,
        height=upload.height,
        captured=upload.captured,
        rotation=0,
        version=1,
    )
    asset.state = AssetState.PENDING if asset.is_image else AssetState.READY
    return asset
