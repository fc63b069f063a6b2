"""The verbs of annotations. None of them sees a request."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from houston.core.api.listing import Listing
from houston.core.api.patch import Change
from houston.core.api.search import Related
from houston.core.db.session import Session
from houston.core.errors import Unprocessable
from houston.core.events import Events
from houston.core.services import Services
from houston.modules.annotations.events import AnnotationCreated, AnnotationDeleted
from houston.modules.annotations.models import Annotation
from houston.modules.assets.events import AssetRotated, AssetsDeleted
from houston.modules.assets.models import Asset
from houston.modules.keywords.models import Keyword
from houston.modules.keywords.services import forget_unused
from houston.modules.keywords.tagging import Tagging

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
    """Draw an annotation in an asset's picture; without a contributor the image analysis did.

    Raises Unprocessable for an unknown asset and one without a picture. Whoever hears may veto.
    """
    if asset is None:
        raise _no_place("asset_guid not found")
    if asset.dimensions is None:
        raise _no_place("The asset has no picture to draw in.")
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


def update_annotation(db: Session, annotation: Annotation, change: Change) -> Annotation:
    """Change an annotation, all or nothing; raises Conflict for a keyword that is not known."""
    if change.values:
        annotation.content_guid = None
    for name, value in change.values.items():
        setattr(annotation, name, value)
    tagging = Tagging(db)
    for action in change.actions:
        tagging.apply(annotation.keywords, action)
    tagging.finish()
    return annotation


def delete_annotation(events: Events, db: Session, annotation: Annotation) -> None:
    """Delete an annotation, and the keywords that nothing else has."""
    delete_annotations(events, db, [annotation])


def delete_annotations(events: Events, db: Session, annotations: Iterable[Annotation]) -> None:
    """Delete some annotations, and the keywords that nothing else has."""
    keywords: set[UUID] = set()
    for annotation in annotations:
        events.publish(db, AnnotationDeleted(annotation))
        keywords.update(keyword.guid for keyword in annotation.keywords)
        db.delete(annotation)
    db.flush()
    forget_unused(db, keywords)


def forget_annotations_of(
    services: Services, db: Session, event: AssetRotated | AssetsDeleted
) -> None:
    """Boxes are where they were drawn: a picture that is turned, or gone, has none."""
    guids = [asset.guid for asset in event.assets]
    annotations = select(Annotation).where(Annotation.asset_guid.in_(guids))
    delete_annotations(services[Events], db, db.scalars(annotations).all())


def _no_place(text: str) -> Unprocessable:
    return Unprocessable(text, messages={"asset_guid": [text]})
