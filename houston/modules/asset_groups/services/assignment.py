"""Saying which animal an annotation shows."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import delete, insert, select

from houston.core.audit import Action, audit
from houston.core.db.session import Session
from houston.core.errors import Conflict, Unprocessable
from houston.modules.annotations.models import Annotation
from houston.modules.asset_groups.models import (
    AssetGroupSighting,
    AssetGroupSightingEncounter,
    Stage,
    asset_group_sighting_annotation,
    asset_group_sighting_asset,
)

ASSIGNMENT = asset_group_sighting_annotation.c


def assign(
    db: Session, encounter: AssetGroupSightingEncounter, annotations: Collection[UUID]
) -> None:
    """Let annotations be an encounter's, and no longer another's.

    Raises Conflict unless its sighting is curated, and Unprocessable for annotations that are not
    on assets of it.
    """
    if not annotations:
        return
    sighting = encounter.asset_group_sighting
    if sighting.stage is not Stage.CURATION:
        listed = ", ".join(map(str, annotations))
        raise Conflict(f"Encounter {encounter.guid} annotations:[{listed}] not in curating group")
    _check_annotations(db, encounter, sighting, annotations)
    former = ASSIGNMENT.annotation_guid.in_(annotations)
    db.execute(delete(asset_group_sighting_annotation).where(former))
    rows = [
        {"annotation_guid": guid, "encounter_guid": encounter.guid}
        for guid in dict.fromkeys(annotations)
    ]
    db.execute(insert(asset_group_sighting_annotation), rows)
    listed = ", ".join(map(str, annotations))
    _remember(db, encounter, f"assigned the annotations {listed} to")
    for each in sighting.encounters:
        db.expire(each, ["annotations"])


def unassign(db: Session, encounter: AssetGroupSightingEncounter, annotation: UUID) -> None:
    """Let an annotation be nobody's, if it is the encounter's."""
    own = ASSIGNMENT.encounter_guid == encounter.guid, ASSIGNMENT.annotation_guid == annotation
    db.execute(delete(asset_group_sighting_annotation).where(*own))
    _remember(db, encounter, f"took the annotation {annotation} from")
    db.expire(encounter, ["annotations"])


def unassign_all_on(db: Session, assets: Iterable[UUID]) -> None:
    """Let the annotations on some assets be nobody's."""
    annotations = select(Annotation.guid).where(Annotation.asset_guid.in_(assets))
    on_assets = ASSIGNMENT.annotation_guid.in_(annotations)
    db.execute(delete(asset_group_sighting_annotation).where(on_assets))


def _remember(db: Session, encounter: AssetGroupSightingEncounter, deed: str) -> None:
    sighting = encounter.asset_group_sighting_guid
    message = f"{deed} the encounter {encounter.guid} of AssetGroupSighting {sighting}"
    audit(db, Action.UPDATE, "AssetGroupSighting", sighting, message=message)


def _check_annotations(
    db: Session,
    encounter: AssetGroupSightingEncounter,
    sighting: AssetGroupSighting,
    annotations: Collection[UUID],
) -> None:
    belonging = asset_group_sighting_asset.c
    found = db.execute(
        select(Annotation.guid, belonging.asset_group_sighting_guid)
        .outerjoin(asset_group_sighting_asset, belonging.asset_guid == Annotation.asset_guid)
        .where(Annotation.guid.in_(annotations))
    )
    places = {row[0]: row[1] for row in found}
    for guid in annotations:
        place = places.get(guid)
        if place is None:
            raise _wrong(f"Encounter {encounter.guid} annotation:{guid} not found")
        if place != sighting.guid:
            raise _wrong(f"Encounter {encounter.guid} Asset cannot be in multiple sightings")


def _wrong(text: str) -> Unprocessable:
    return Unprocessable(text, messages={"annotations": [text]})
