"""The services of annotations: lists, creation, changes, deletion, and boxes drawn in pictures."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

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
        "encounter_guid": Annotation.__table__.c.encounter_guid,
        "keywords": Related(Keyword.value, Annotation.keywords.any),
        "owner_guid": Related(Asset.owner_guid, Annotation.asset.has),
        "git_store_guid": Related(Asset.asset_group_guid, Annotation.asset.has),
    },
)


@dataclass(frozen=True)
class AnnotationCreated:
    """The event of a new annotation, which subscribers may refuse."""

    annotation: Annotation


def create_annotation(events: Events, db: Session, asset: Asset, **values: Any) -> Annotation:
    """Create an annotation, with these attributes; subscribers may refuse it.

    One of the image analysis has no `contributor_guid`.

    Raises:
        Unprocessable: The asset has no picture.
    """
    if asset.dimensions is None:
        raise Unprocessable.about("asset_guid", "The asset has no picture to draw in.")
    annotation = Annotation(asset=asset, keywords=[], **values)
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
    assets = event.assets if isinstance(event, AssetsDeleted) else [event.asset]
    _delete(services[Events], db, Annotation.asset_guid.in_([asset.guid for asset in assets]))


def annotated_picture(
    services: Services, db: Session, asset: Asset
) -> tuple[str, Callable[[], bytes]]:
    """Return a digest of the picture of an asset with its annotations, and what draws the JPEG.

    Raises:
        NotFound: The asset has no picture, or a damaged one.
        Unavailable: The asset is being prepared.
    """
    image = image_of(db, asset, "mid")
    own = select(Annotation.bounds).where(Annotation.asset_guid == asset.guid)
    bounds = db.scalars(own.order_by(Annotation.created, Annotation.guid))
    boxes = [Box._make([*each["rect"], each["theta"]]) for each in bounds]
    key, scale = image.file_key, (asset.width or image.width) / image.width

    def draw() -> bytes:
        with services[Storage].local(key) as path:
            return services[Images].outline(path, boxes, scale)

    return sha256(repr((key, boxes, scale)).encode()).hexdigest(), draw


def _delete(events: Events, db: Session, condition: ColumnElement[bool]) -> None:
    """Delete the annotations of a condition, and their keywords that are not used elsewhere."""
    links = annotation_keyword.c
    linked = select(links.keyword_guid).join(Annotation, Annotation.guid == links.annotation_guid)
    keywords = set(db.scalars(linked.where(condition)))
    for annotation in db.scalars(select(Annotation).where(condition)).all():
        db.delete(annotation)
    db.flush()
    events.publish(db, KeywordsUnlinked(keywords))
