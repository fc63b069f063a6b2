"""The services of annotations: lists, creation, changes, deletion, and boxes drawn in pictures."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select

from houston.core.api.listing import Listing
from houston.core.api.patch import Change
from houston.core.api.search.fields import Related
from houston.core.db.session import Session
from houston.core.errors import Unprocessable
from houston.core.events import Events
from houston.core.images import Images
from houston.core.images.values import Box
from houston.core.services import Services
from houston.core.storage import Storage
from houston.modules.annotations.events import AnnotationCreated, AnnotationDeleted
from houston.modules.annotations.models import Annotation, annotation_keyword
from houston.modules.assets.events import AssetRotated, AssetsDeleted
from houston.modules.assets.models import Asset
from houston.modules.assets.services import image_of
from houston.modules.keywords.links import KeywordsUnlinked
from houston.modules.keywords.models import Keyword
from houston.modules.keywords.services import Tagging

ANNOTATIONS = Listing(
    select(*Annotation.__table__.c),
    sort=("guid", "asset_guid", "ia_class", "viewpoint", "created", "updated"),
    words=("ia_class", "viewpoint"),
    fields={
        "content_guid": Annotation.__table__.c.content_guid,
        "keywords": Related(Keyword.value, Annotation.keywords.any),
        "owner_guid": Related(Asset.owner_guid, Annotation.asset.has),
        "git_store_guid": Related(Asset.asset_group_guid, Annotation.asset.has),
    },
)


class AnnotatedPicture(NamedTuple):
    """The image of a picture, and the boxes to draw in it.

    Attributes:
        file_key: The key of the image in the storage.
        boxes: The boxes, in pixels of the picture.
        scale: The width of the picture over that of the image.
    """

    file_key: str
    boxes: list[Box]
    scale: float

    @property
    def digest(self) -> str:
        """A digest of all that can be seen in it."""
        return sha256(repr(self).encode()).hexdigest()


def create_annotation(
    events: Events,
    db: Session,
    asset: Asset | None,
    *,
    ia_class: str,
    viewpoint: str,
    bounds: Mapping[str, Any],
    contributor_guid: UUID | None = None,
    content_guid: UUID | None = None,
) -> Annotation:
    """Create an annotation in the picture of an asset; subscribers may refuse it.

    Args:
        events: The events of the application.
        db: The session.
        asset: The asset; None if it is unknown.
        ia_class: The class by the image analysis.
        viewpoint: One of `VIEWPOINTS`.
        bounds: The box, as for `Annotation.bounds`.
        contributor_guid: The account that creates it; None for the image analysis.
        content_guid: Its guid in the image analysis.

    Raises:
        Unprocessable: The asset is unknown or has no picture.
    """
    if asset is None:
        raise _wrong_asset("asset_guid not found")
    if asset.dimensions is None:
        raise _wrong_asset("The asset has no picture to draw in.")
    annotation = Annotation(
        asset=asset,
        asset_guid=asset.guid,
        ia_class=ia_class,
        viewpoint=viewpoint,
        bounds=dict(bounds),
        contributor_guid=contributor_guid,
        content_guid=content_guid,
        keywords=[],
    )
    db.add(annotation)
    db.flush()
    events.publish(db, AnnotationCreated(annotation))
    return annotation


def update_annotation(
    events: Events, db: Session, annotation: Annotation, change: Change
) -> Annotation:
    """Change an annotation, all or nothing.

    The image analysis does not know a changed annotation, except for its keywords.

    Raises:
        Conflict: A keyword is unknown.
    """
    if change.values:
        annotation.content_guid = None
    change.apply_to(annotation)
    tagging = Tagging(events, db)
    for action in change.actions:
        tagging.apply(annotation.keywords, action)
    tagging.finish()
    return annotation


def delete_annotation(events: Events, db: Session, annotation: Annotation) -> None:
    """Delete an annotation, and its keywords that are not used elsewhere."""
    _delete(events, db, Annotation.guid == annotation.guid)


def delete_annotations_of(
    services: Services, db: Session, event: AssetRotated | AssetsDeleted
) -> None:
    """Delete the annotations of the assets of an event: their boxes are in the old pictures."""
    guids = [asset.guid for asset in event.assets]
    _delete(services[Events], db, Annotation.asset_guid.in_(guids))


def annotated_picture_of(db: Session, asset: Asset) -> AnnotatedPicture:
    """Return the picture of an asset with its annotations.

    Raises:
        NotFound: The asset has no picture, or a damaged one.
        Unavailable: The asset is being prepared.
    """
    image = image_of(db, asset, "mid")
    own = select(Annotation.bounds).where(Annotation.asset_guid == asset.guid)
    bounds = db.scalars(own.order_by(Annotation.created, Annotation.guid))
    scale = (asset.width or image.width) / image.width
    return AnnotatedPicture(image.file_key, [_box(each) for each in bounds], scale)


def draw(services: Services, picture: AnnotatedPicture) -> bytes:
    """Return the JPEG of a picture with its boxes."""
    with services[Storage].local(picture.file_key) as path:
        return services[Images].outline(path, picture.boxes, picture.scale)


def _delete(events: Events, db: Session, condition: ColumnElement[bool]) -> None:
    """Delete the annotations of a condition, and their keywords that are not used elsewhere."""
    links = annotation_keyword.c
    linked = select(links.keyword_guid).join(Annotation, Annotation.guid == links.annotation_guid)
    keywords = set(db.scalars(linked.where(condition)))
    for annotation in db.scalars(select(Annotation).where(condition)).all():
        events.publish(db, AnnotationDeleted(annotation))
        db.delete(annotation)
    db.flush()
    events.publish(db, KeywordsUnlinked(keywords))


def _box(bounds: Mapping[str, Any]) -> Box:
    x, y, width, height = bounds["rect"]
    return Box(x, y, width, height, bounds["theta"])


def _wrong_asset(text: str) -> Unprocessable:
    return Unprocessable(text, messages={"asset_guid": [text]})
