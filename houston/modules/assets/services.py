"""The services of assets: lists, creation, changes, deletion, and the images of their pictures."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from houston.core.api.listing import Listing
from houston.core.api.patch import BulkAction, Change, PatchAction
from houston.core.api.search.fields import Related
from houston.core.db.session import Session
from houston.core.errors import Conflict, NotFound, Unavailable
from houston.core.events import Events
from houston.core.jobs import Jobs
from houston.core.services import Services
from houston.modules.assets.events import AssetRotated, AssetsDeleted
from houston.modules.assets.jobs import start_preparation
from houston.modules.assets.models import Asset, AssetImage, AssetState, asset_tag
from houston.modules.jobs.models import Progress
from houston.modules.keywords.links import KeywordsUnlinked
from houston.modules.keywords.models import Keyword
from houston.modules.keywords.services import Tagging
from houston.modules.uploads.models import Upload

ASSET = Asset.__table__.c
ASSETS = Listing(
    select(*ASSET),
    sort=("guid", "filename", "mime_type", "size", "state", "created", "updated"),
    words=("filename",),
    fields={
        "git_store_guid": ASSET.asset_group_guid,
        "owner_guid": ASSET.owner_guid,
        "tags": Related(Keyword.value, Asset.tags.any),
    },
)
OF_UPLOAD = ("mime_type", "size", "file_key", "width", "height", "captured")
ON_ITS_SIDE = (90, 270)
"""The rotations that exchange width and height."""
NO_PICTURE = "The file is no picture: it is of the type {}."
RETRY_SOON = {"Retry-After": "5"}


def create_assets(
    jobs: Jobs,
    db: Session,
    uploads: Iterable[tuple[str, Upload]],
    *,
    asset_group_guid: UUID,
    owner_guid: UUID,
    progress: Progress | None = None,
) -> list[Asset]:
    """Create an asset of each of some finished uploads with their names, in their order.

    Pictures are prepared after the commit, each by a job of its own, of which the `progress` shows
    the place of the first in the queue.
    """
    assets = []
    for position, (name, upload) in enumerate(uploads):
        asset = Asset(
            asset_group_guid=asset_group_guid,
            owner_guid=owner_guid,
            position=position,
            filename=name,
            **{name: getattr(upload, name) for name in OF_UPLOAD},
        )
        asset.state = AssetState.PENDING if asset.is_image else AssetState.READY
        asset.problem = None if asset.is_image else NO_PICTURE.format(asset.mime_type)
        assets.append(asset)
    db.add_all(assets)
    db.flush()
    guids = start_preparation(jobs, db, [asset for asset in assets if asset.is_image])
    if progress is not None and guids:
        progress.job_guid = guids[0]
    return assets


def delete_assets(events: Events, db: Session, assets: Sequence[Asset]) -> None:
    """Delete some assets with all that belongs to them."""
    events.publish(db, AssetsDeleted(assets))
    links = asset_tag.c
    tagged = links.asset_guid.in_([asset.guid for asset in assets])
    keywords = set(db.scalars(select(links.keyword_guid).where(tagged)))
    for asset in assets:
        db.delete(asset)
    db.flush()
    events.publish(db, KeywordsUnlinked(keywords))


def update_asset(services: Services, db: Session, asset: Asset, change: Change) -> Asset:
    """Apply the actions of a PATCH to an asset, all or none.

    Raises:
        Conflict: A keyword is unknown, or there is no picture to rotate.
    """
    tagging = Tagging(services[Events], db)
    for action in change.actions:
        _apply(services, db, asset, action, tagging)
    tagging.finish()
    return asset


def update_assets(
    services: Services, db: Session, assets: Mapping[UUID, Asset], actions: Sequence[BulkAction]
) -> list[Asset]:
    """Apply the actions of one PATCH to several assets, all or none.

    An action without a guid names a keyword for later actions.

    Returns:
        The asset of each action with a guid, in their order.

    Raises:
        Conflict: As for `update_asset`, or a guid is unknown.
    """
    tagged = select(Asset).where(Asset.guid.in_(assets)).options(selectinload(Asset.tags))
    db.scalars(tagged).all()  # the tags of all by one statement
    tagging, changed = Tagging(services[Events], db), []
    for guid, action in actions:
        if guid is None:
            tagging.test(action)
            continue
        if guid not in assets:
            raise Conflict(f"The provided GUID did not match any known object: {guid}.")
        _apply(services, db, assets[guid], action, tagging)
        changed.append(assets[guid])
    tagging.finish()
    return changed


def rotate(services: Services, db: Session, asset: Asset, angle: int) -> None:
    """Rotate the picture of an asset, and prepare it again; the original stays as it is.

    The angle is in degrees counter-clockwise; full turns do nothing.

    Raises:
        Conflict: The asset has no picture.
    """
    if asset.width is None or asset.height is None or asset.state is AssetState.DAMAGED:
        raise Conflict("The asset has no picture that can be rotated.")
    if angle % 360 == 0:
        return
    db.refresh(asset, with_for_update=True)  # of two concurrent rotations, one waits
    rotation = (asset.rotation + angle) % 360
    if (rotation in ON_ITS_SIDE) != (asset.rotation in ON_ITS_SIDE):
        asset.width, asset.height = asset.height, asset.width
    asset.rotation, asset.content_guid = rotation, None
    asset.state, asset.version = AssetState.PENDING, asset.version + 1
    asset.images.clear()
    db.flush()
    start_preparation(services[Jobs], db, [asset])
    services[Events].publish(db, AssetRotated(asset))


def image_of(db: Session, asset: Asset, format: str) -> AssetImage:
    """Return the image of an asset in a format: `master`, `mid` or `thumb`.

    Raises:
        NotFound: The asset has no picture, or a damaged one.
        Unavailable: The asset is being prepared.
    """
    image = db.get(AssetImage, (asset.guid, format))
    if image is not None:
        return image
    if asset.state is AssetState.PENDING:
        raise Unavailable("The picture is being prepared: ask again soon.", headers=RETRY_SOON)
    raise NotFound(asset.problem or NO_PICTURE.format(asset.mime_type))


def featured_image(db: Session, guid: UUID | None, noun: str) -> AssetImage:
    """Return the picture of the asset that stands for an object, such as a `sighting`.

    Raises:
        NotFound: No asset stands for it, or one without a picture.
        Unavailable: The asset is being prepared.
    """
    if guid is None:
        raise NotFound(f"The {noun} has no picture.")
    return image_of(db, db.get_one(Asset, guid), "master")


def _apply(
    services: Services, db: Session, asset: Asset, action: PatchAction, tagging: Tagging
) -> None:
    if action.name == "image":
        rotate(services, db, asset, action.value["rotate"]["angle"])
    else:
        tagging.apply(asset.tags, action)
