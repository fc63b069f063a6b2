"""Changes of encounters, and of the annotations that show them.

The sighting is locked first, so that concurrent changes of its encounters are not lost.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select

from houston.core.api.patch import Change
from houston.core.db.models import lock
from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.errors import Conflict, Unprocessable
from houston.core.services import Services
from houston.modules.annotations.models import Annotation
from houston.modules.annotations.services import AnnotationCreated
from houston.modules.asset_groups.services import checks
from houston.modules.asset_groups.services.checks import Checker, Place
from houston.modules.sightings.models import Encounter, sighting_asset
from houston.modules.sightings.services.observations import (
    TIME,
    set_encounter,
    times_of,
    values_of_encounter,
)

OF_SIGHTINGS = sighting_asset.c


def update_encounter(
    services: Services, db: Session, encounter: Encounter, change: Change
) -> Encounter:
    """Change an encounter.

    Raises:
        NotFound: It was deleted meanwhile.
        Unprocessable: The site does not know a value, the owner is no researcher, or an annotation
            is not of the sighting.
        Conflict: An annotation that is to be removed does not show it.
    """
    lock(db, encounter.sighting)
    lock(db, encounter)
    place = Place("", f"Encounter {encounter.guid}")
    if change.order.keys() & set(TIME):
        change.values.update(_times(encounter, change))
    if owner := change.values.pop("owner", None):
        encounter.owner_guid = checks.researcher(db, place, owner)
    checker = Checker(services, db)
    set_encounter(
        encounter,
        checks.changed(values_of_encounter(encounter), change, checks.ENCOUNTER, place, checker),
    )
    for action in change.actions:
        if action.name == "annotations" and action.op == "remove":
            _detach(db, encounter, action.value)
        elif action.name == "annotations":
            _attach(db, encounter, action.value)
    encounter.updated = encounter.sighting.updated = utc_now()
    db.flush()
    db.expire_all()
    return encounter


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
    _attach(db, encounter, [annotation.guid], field="encounter_guid")


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


def _times(encounter: Encounter, change: Change) -> dict[str, Any]:
    """The two halves of the time of an encounter after a change of one or both.

    A half that is missing is that of the sighting. Without a value for the time, or for the
    specificity where it alone is changed, the encounter has no time of its own.
    """
    given = {name: change.values[name] for name in TIME if name in change.values}
    halves, default = times_of(encounter) | given, times_of(encounter.sighting)
    leading = next(name for name in TIME if name in change.order)
    if not halves[leading]:
        return dict.fromkeys(TIME)
    return {name: halves[name] or default[name] for name in TIME}


def _attach(
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


def _detach(db: Session, encounter: Encounter, guid: UUID) -> None:
    """Leave an annotation without an encounter.

    Raises:
        Conflict: It does not show the encounter.
    """
    annotation = db.get(Annotation, guid)
    if annotation is None or annotation.encounter_guid != encounter.guid:
        raise Conflict.about("annotations", f"Encounter {encounter.guid} has no annotation {guid}")
    annotation.encounter_guid = None
    db.flush()
