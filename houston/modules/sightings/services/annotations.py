"""Annotations of committed sightings, which show encounters."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select

from houston.core.api.search.fields import Condition, Related
from houston.core.db.models import lock
from houston.core.db.session import Session
from houston.core.errors import Conflict, Unprocessable
from houston.core.services import Services
from houston.modules.annotations.models import Annotation
from houston.modules.annotations.services import AnnotationCreated
from houston.modules.sightings.models import (
    Encounter,
    Sighting,
    SightingTaxonomy,
    sighting_asset,
)

OF_SIGHTINGS = sighting_asset.c


def _shows(condition: Condition) -> Condition:
    """The annotations that show an encounter of this condition."""
    own = Encounter.guid == Annotation.encounter_guid, Sighting.guid == Encounter.sighting_guid
    return exists().where(*own, condition)


FIRST_TAXONOMY = (
    select(SightingTaxonomy.taxonomy_guid)
    .where(SightingTaxonomy.sighting_guid == Encounter.sighting_guid)
    .order_by(SightingTaxonomy.position)
    .limit(1)
    .correlate(Encounter)
    .scalar_subquery()
)
SEARCH_FIELDS = {
    "sighting_guid": Related(Encounter.sighting_guid, _shows),
    "locationId": Related(func.coalesce(Encounter.location_guid, Sighting.location_guid), _shows),
    "taxonomy_guid": Related(func.coalesce(Encounter.taxonomy_guid, FIRST_TAXONOMY), _shows),
    "time": Related(func.coalesce(Encounter.time, Sighting.time), _shows),
}
"""The search fields of annotations by their encounters, and by the sightings of these."""


def encounters_left(db: Session, value: UUID | Collection[UUID]) -> Collection[UUID]:
    """The guids of the encounters that some annotations show, which they leave by a change."""
    annotations = [value] if isinstance(value, UUID) else value
    shown = select(Annotation.encounter_guid).where(
        Annotation.guid.in_(annotations), Annotation.encounter_guid.is_not(None)
    )
    return [guid for guid in db.scalars(shown) if guid]


def move_annotation(
    _services: Services, db: Session, annotation: Annotation, guid: UUID | None
) -> None:
    """Let an annotation show another encounter of its sighting.

    Raises:
        Unprocessable: It is not of the sighting.
    """
    encounter = db.get_one(Encounter, guid)
    lock(db, encounter.sighting)
    attach(db, encounter, [annotation.guid], field="encounter_guid")


def check_new_annotation(_services: Services, db: Session, event: AnnotationCreated) -> None:
    """Refuse an annotation of an encounter whose sighting does not have the asset.

    Raises:
        Conflict: The sighting has other assets.
    """
    guid = event.annotation.encounter_guid
    if guid is None:
        return
    shown = select(OF_SIGHTINGS.asset_guid).where(
        OF_SIGHTINGS.asset_guid == event.annotation.asset_guid,
        OF_SIGHTINGS.sighting_guid == db.get_one(Encounter, guid).sighting_guid,
    )
    if db.scalar(shown) is None:
        text = "Cannot add Annotation with Encounter on different Sighting"
        raise Conflict.about("encounter_guid", text)


def attach(
    db: Session, encounter: Encounter, guids: Collection[UUID], field: str = "annotations"
) -> None:
    """Let annotations of a sighting show one of its encounters, instead of others.

    Raises:
        Unprocessable: One is not of the sighting.
    """
    sighting = encounter.sighting_guid
    shown = OF_SIGHTINGS.asset_guid == Annotation.asset_guid, OF_SIGHTINGS.sighting_guid == sighting
    statement = (
        select(Annotation)
        .join(sighting_asset, and_(*shown))
        .outerjoin(Encounter, Encounter.guid == Annotation.encounter_guid)
        .where(
            Annotation.guid.in_(guids),
            or_(Encounter.guid.is_(None), Encounter.sighting_guid == sighting),
        )
    )
    found = {annotation.guid: annotation for annotation in db.scalars(statement)}
    for guid in guids:
        if guid not in found:
            text = f"Encounter {encounter.guid} annotation:{guid} not found in its sighting"
            raise Unprocessable.about(field, text)
        found[guid].encounter_guid = encounter.guid
    db.flush()


def detach(db: Session, encounter: Encounter, guid: UUID) -> None:
    """Leave an annotation without an encounter.

    Raises:
        Conflict: It does not show the encounter.
    """
    annotation = db.get(Annotation, guid)
    if annotation is None or annotation.encounter_guid != encounter.guid:
        raise Conflict.about("annotations", f"Encounter {encounter.guid} has no annotation {guid}")
    annotation.encounter_guid = None
    db.flush()
