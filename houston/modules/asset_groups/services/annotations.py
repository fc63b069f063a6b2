"""The annotations and assets of asset group sightings, and the encounters of annotations."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import delete, insert, select

from houston.core.audit import Action, audit
from houston.core.db.session import Session
from houston.core.errors import Conflict, Unprocessable
from houston.core.services import Services
from houston.modules.annotations.models import Annotation
from houston.modules.annotations.services import AnnotationCreated
from houston.modules.asset_groups.models import (
    AssetGroupSighting,
    AssetGroupSightingEncounter,
    Stage,
    asset_group_sighting_annotation,
    asset_group_sighting_asset,
)
from houston.modules.assets.events import AssetRotated
from houston.modules.assets.models import Asset

ASSIGNED = asset_group_sighting_annotation.c
OF_SIGHTINGS = asset_group_sighting_asset.c

NO_SIGHTING = (
    "cannot create encounter-less annotation on asset that does not have an asset group sighting"
)
NOT_IN_CURATION = (
    "cannot create encounter-less annotation on asset in asset group sighting that is not curating"
)


def assign(
    db: Session, encounter: AssetGroupSightingEncounter, annotations: Collection[UUID]
) -> None:
    """Assign annotations to an encounter instead of the encounters that they are assigned to.

    Raises:
        Conflict: The sighting is not in curation.
        Unprocessable: An annotation is not on an asset of the sighting.
    """
    if not annotations:
        return
    sighting = encounter.asset_group_sighting
    listed = ", ".join(map(str, annotations))
    if sighting.stage is not Stage.CURATION:
        raise Conflict(f"Encounter {encounter.guid} annotations:[{listed}] not in curating group")
    _check_annotations(db, encounter, annotations)
    former = ASSIGNED.annotation_guid.in_(annotations)
    db.execute(delete(asset_group_sighting_annotation).where(former))
    rows = [
        {"annotation_guid": guid, "encounter_guid": encounter.guid}
        for guid in dict.fromkeys(annotations)
    ]
    db.execute(insert(asset_group_sighting_annotation), rows)
    _audit(db, encounter, f"assigned the annotations {listed} to")
    for each in sighting.encounters:
        db.expire(each, ["annotations"])


def unassign(db: Session, encounter: AssetGroupSightingEncounter, annotation: UUID) -> None:
    """Remove an annotation from an encounter, if it is assigned to it."""
    own = ASSIGNED.encounter_guid == encounter.guid, ASSIGNED.annotation_guid == annotation
    db.execute(delete(asset_group_sighting_annotation).where(*own))
    _audit(db, encounter, f"took the annotation {annotation} from")
    db.expire(encounter, ["annotations"])


def unassign_all_on(db: Session, assets: Iterable[UUID]) -> None:
    """Remove all annotations on some assets from their encounters."""
    annotations = select(Annotation.guid).where(Annotation.asset_guid.in_(assets))
    on_assets = ASSIGNED.annotation_guid.in_(annotations)
    db.execute(delete(asset_group_sighting_annotation).where(on_assets))


def check_new_annotation(_services: Services, db: Session, event: AnnotationCreated) -> None:
    """Refuse annotations by people on assets that are not in curation.

    Raises:
        Conflict: The asset has no asset group sighting, or one in another stage.
    """
    annotation = event.annotation
    if annotation.contributor_guid is None:
        return
    sighting = _sighting_of(db, annotation.asset)
    if sighting is None:
        raise Conflict(NO_SIGHTING)
    if sighting.stage is not Stage.CURATION:
        raise Conflict(NOT_IN_CURATION)


def note_rotation(_services: Services, db: Session, event: AssetRotated) -> None:
    """Note a rotated asset for the next detection, which looks at it again."""
    sighting = _sighting_of(db, event.asset, lock=True)
    guid = str(event.asset.guid)
    if sighting is not None and guid not in sighting.updated_assets:
        sighting.updated_assets = [*sighting.updated_assets, guid]
        db.flush()


def _audit(db: Session, encounter: AssetGroupSightingEncounter, deed: str) -> None:
    sighting = encounter.asset_group_sighting_guid
    message = f"{deed} the encounter {encounter.guid} of AssetGroupSighting {sighting}"
    audit(db, Action.UPDATE, "AssetGroupSighting", sighting, message=message)


def _check_annotations(
    db: Session, encounter: AssetGroupSightingEncounter, annotations: Collection[UUID]
) -> None:
    found = db.execute(
        select(Annotation.guid, OF_SIGHTINGS.asset_group_sighting_guid)
        .outerjoin(asset_group_sighting_asset, OF_SIGHTINGS.asset_guid == Annotation.asset_guid)
        .where(Annotation.guid.in_(annotations))
    )
    sighting_of = {row[0]: row[1] for row in found}
    for guid in annotations:
        text = None
        if sighting_of.get(guid) is None:
            text = f"Encounter {encounter.guid} annotation:{guid} not found"
        elif sighting_of[guid] != encounter.asset_group_sighting_guid:
            text = f"Encounter {encounter.guid} Asset cannot be in multiple sightings"
        if text:
            raise Unprocessable(text, messages={"annotations": [text]})


def _sighting_of(db: Session, asset: Asset, *, lock: bool = False) -> AssetGroupSighting | None:
    statement = (
        select(AssetGroupSighting)
        .join(asset_group_sighting_asset)
        .where(OF_SIGHTINGS.asset_guid == asset.guid)
        .execution_options(populate_existing=True)
    )
    return db.scalar(statement.with_for_update(of=AssetGroupSighting) if lock else statement)
