"""Curation: the changes of asset group sightings, of their encounters, assets and annotations.

The sighting is locked first, and its custom fields change one by one, so that concurrent changes
are not lost.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select

from houston.core.api.patch import Change, PatchAction
from houston.core.audit import Action, audit
from houston.core.db.models import lock, next_position
from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.errors import Conflict, Unprocessable
from houston.core.services import Services
from houston.core.values import spellings
from houston.modules.annotations.models import Annotation
from houston.modules.annotations.services import AnnotationCreated
from houston.modules.asset_groups.models import (
    AssetGroupSighting,
    AssetGroupSightingEncounter,
    Stage,
    asset_group_sighting_annotation,
    asset_group_sighting_asset,
)
from houston.modules.asset_groups.services import checks
from houston.modules.asset_groups.services.checks import Checker, Place
from houston.modules.assets.events import AssetRotated
from houston.modules.assets.models import Asset

ASSIGNED = asset_group_sighting_annotation.c
OF_SIGHTINGS = asset_group_sighting_asset.c


def update_sighting(
    services: Services, db: Session, sighting: AssetGroupSighting, change: Change
) -> AssetGroupSighting:
    """Change an asset group sighting.

    Raises:
        NotFound: It was deleted meanwhile.
        Unprocessable: The site does not know a value, or the asset group a file.
        Conflict: It is not in curation, and annotations are assigned to a new encounter.
    """
    lock(db, sighting)
    place = Place("", f"Sighting {sighting.guid}")
    checker = Checker(services, db)
    sighting.sighting = checks.changed(sighting.sighting, change, "Sighting", place, checker)
    _check_featured(sighting, change.values.get("featuredAssetGuid"))
    for action in change.actions:
        if action.name == "encounters" and action.op == "add":
            _add_encounter(services, db, sighting, action.value)
        elif action.name == "encounters":
            _remove_encounter(db, sighting, action.value)
        elif action.name == "assetReferences":
            _apply_reference(db, sighting, action)
    sighting.updated = utc_now()
    db.flush()
    return sighting


def update_encounter(
    services: Services, db: Session, encounter: AssetGroupSightingEncounter, change: Change
) -> AssetGroupSightingEncounter:
    """Change an encounter of an asset group sighting.

    Raises:
        NotFound: The sighting was deleted meanwhile.
        Unprocessable: The site does not know a value, or the sighting an annotation.
        Conflict: The sighting is not in curation, and annotations are assigned.
    """
    lock(db, encounter.asset_group_sighting)
    place = Place("", f"Encounter {encounter.guid}")
    checker = Checker(services, db, [change.values.get("ownerEmail")])
    encounter.encounter = checks.changed(encounter.encounter, change, "Encounter", place, checker)
    if "ownerEmail" in change.values:
        encounter.owner_guid = checker.owner(change.values["ownerEmail"])
    for action in change.actions:
        if action.name == "owner":
            encounter.owner_guid = checks.researcher(db, place, action.value)
        elif action.name == "annotations" and action.op == "remove":
            _unassign(db, encounter, action.value)
        elif action.name == "annotations":
            _assign(db, encounter, action.value)
    encounter.asset_group_sighting.updated = utc_now()
    db.flush()
    return encounter


def encounter_of(
    values: Mapping[str, Any], position: int, checker: Checker
) -> AssetGroupSightingEncounter:
    """The row of an encounter, without its annotations."""
    return AssetGroupSightingEncounter(
        guid=uuid4(),
        position=position,
        owner_guid=checker.owner(values.get("ownerEmail")),
        encounter={name: value for name, value in values.items() if name != "annotations"},
    )


def insert_assets(db: Session, assets: Mapping[UUID, Iterable[UUID]], first: int = 0) -> None:
    """Give assets in their order, by the guid of their sighting, positions from `first` on."""
    rows = [
        {"asset_group_sighting_guid": sighting, "asset_guid": asset, "position": position}
        for sighting, guids in assets.items()
        for position, asset in enumerate(guids, first)
    ]
    if rows:
        db.execute(insert(asset_group_sighting_asset), rows)


def check_new_annotation(_services: Services, db: Session, event: AnnotationCreated) -> None:
    """Refuse annotations by people without an encounter on assets that are not in curation.

    Raises:
        Conflict: The asset has no asset group sighting, or one in another stage.
    """
    annotation = event.annotation
    if annotation.contributor_guid is None or annotation.encounter_guid is not None:
        return
    sighting = _sighting_of(db, annotation.asset)
    refused = "cannot create encounter-less annotation on asset"
    if sighting is None:
        raise Conflict(f"{refused} that does not have an asset group sighting")
    if sighting.stage is not Stage.CURATION:
        raise Conflict(f"{refused} in asset group sighting that is not curating")


def note_rotation(_services: Services, db: Session, event: AssetRotated) -> None:
    """Note a rotated asset for the next detection, which looks at it again."""
    sighting = _sighting_of(db, event.asset, lock=True)
    guid = str(event.asset.guid)
    if sighting is not None and guid not in sighting.updated_assets:
        sighting.updated_assets = [*sighting.updated_assets, guid]
        db.flush()


def _check_featured(sighting: AssetGroupSighting, guid: str | None) -> None:
    if guid is not None and UUID(guid) not in (asset.guid for asset in sighting.assets):
        text = f"featuredAssetGuid {guid} is no asset of AssetGroupSighting {sighting.guid}"
        raise Unprocessable.about("featuredAssetGuid", text)


def _add_encounter(
    services: Services, db: Session, sighting: AssetGroupSighting, values: dict[str, Any]
) -> None:
    checker = Checker(services, db, [values.get("ownerEmail")])
    place = Place("encounters", f"Encounter of Sighting {sighting.guid}")
    checker.run(checks.ENCOUNTER, values, place)
    checker.finish()
    own = AssetGroupSightingEncounter.asset_group_sighting_guid == sighting.guid
    position = next_position(db, AssetGroupSightingEncounter.position, own)
    row = encounter_of(values, position, checker)
    row.asset_group_sighting = sighting
    db.add(row)
    db.flush()
    _assign(db, row, values.get("annotations", []))


def _remove_encounter(db: Session, sighting: AssetGroupSighting, guid: UUID) -> None:
    """Remove an encounter, if the sighting has it."""
    encounter = db.get(AssetGroupSightingEncounter, guid)
    if encounter is not None and encounter.asset_group_sighting_guid == sighting.guid:
        sighting.encounters.remove(encounter)
        db.flush()


def _assign(
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
    _delete_assignments(db, ASSIGNED.annotation_guid.in_(annotations))
    rows = [
        {"annotation_guid": guid, "encounter_guid": encounter.guid}
        for guid in dict.fromkeys(annotations)
    ]
    db.execute(insert(asset_group_sighting_annotation), rows)
    deed = f"assigned the annotations {listed} to the encounter {encounter.guid}"
    _audit(db, sighting.guid, deed)
    for each in sighting.encounters:
        db.expire(each, ["annotations"])


def _unassign(db: Session, encounter: AssetGroupSightingEncounter, annotation: UUID) -> None:
    """Remove an annotation from an encounter, if it is assigned to it."""
    own = ASSIGNED.encounter_guid == encounter.guid, ASSIGNED.annotation_guid == annotation
    _delete_assignments(db, *own)
    deed = f"took the annotation {annotation} from the encounter {encounter.guid}"
    _audit(db, encounter.asset_group_sighting_guid, deed)
    db.expire(encounter, ["annotations"])


def _apply_reference(db: Session, sighting: AssetGroupSighting, action: PatchAction) -> None:
    """Add a file to a sighting, remove one, or replace all.

    Raises:
        Unprocessable: A file is not in the asset group, or in another sighting of it.
    """
    if action.op == "add":
        _add_file(db, sighting, action.value)
    elif action.op == "remove":
        _remove_file(db, sighting, action.value)
    else:
        _replace_files(db, sighting, action.value)
    _audit(db, sighting.guid, f"{action.op} assetReferences {action.value}")
    db.expire(sighting, ["assets"])


def _check_annotations(
    db: Session, encounter: AssetGroupSightingEncounter, annotations: Collection[UUID]
) -> None:
    found = db.execute(
        select(Annotation.guid, OF_SIGHTINGS.asset_group_sighting_guid)
        .outerjoin(asset_group_sighting_asset, OF_SIGHTINGS.asset_guid == Annotation.asset_guid)
        .where(Annotation.guid.in_(annotations))
    )
    sighting_of: dict[UUID, UUID] = dict(found.all())
    for guid in annotations:
        owner = sighting_of.get(guid)
        if owner is None:
            raise Unprocessable.about(
                "annotations", f"Encounter {encounter.guid} annotation:{guid} not found"
            )
        if owner != encounter.asset_group_sighting_guid:
            text = f"Encounter {encounter.guid} Asset cannot be in multiple sightings"
            raise Unprocessable.about("annotations", text)


def _add_file(db: Session, sighting: AssetGroupSighting, name: str) -> None:
    guid, owner = _find(db, sighting, name)
    if owner == sighting.guid:
        text = f"{name} already in Group for assetGroupSighting {sighting.guid}"
        raise Unprocessable.about("assetReferences", text)
    own = OF_SIGHTINGS.asset_group_sighting_guid == sighting.guid
    insert_assets(db, {sighting.guid: [guid]}, next_position(db, OF_SIGHTINGS.position, own))


def _replace_files(db: Session, sighting: AssetGroupSighting, names: list[str]) -> None:
    wanted = list(dict.fromkeys(_find(db, sighting, name)[0] for name in names))
    own = OF_SIGHTINGS.asset_group_sighting_guid == sighting.guid
    gone = select(OF_SIGHTINGS.asset_guid).where(own, OF_SIGHTINGS.asset_guid.not_in(wanted))
    _unassign_all_on(db, db.scalars(gone).all())
    db.execute(delete(asset_group_sighting_asset).where(own))
    insert_assets(db, {sighting.guid: wanted})


def _remove_file(db: Session, sighting: AssetGroupSighting, name: str) -> None:
    guids = db.scalars(
        select(Asset.guid)
        .join(asset_group_sighting_asset, OF_SIGHTINGS.asset_guid == Asset.guid)
        .where(
            OF_SIGHTINGS.asset_group_sighting_guid == sighting.guid,
            Asset.filename.in_(spellings(name)),
        )
    ).all()
    _unassign_all_on(db, guids)
    db.execute(delete(asset_group_sighting_asset).where(OF_SIGHTINGS.asset_guid.in_(guids)))


def _find(db: Session, sighting: AssetGroupSighting, name: str) -> tuple[UUID, UUID | None]:
    """The guid of the asset of a file, and that of its sighting, if it is assigned."""
    row = db.execute(
        select(Asset.guid, OF_SIGHTINGS.asset_group_sighting_guid)
        .outerjoin(asset_group_sighting_asset, OF_SIGHTINGS.asset_guid == Asset.guid)
        .where(
            Asset.asset_group_guid == sighting.asset_group_guid, Asset.filename.in_(spellings(name))
        )
        .order_by(Asset.position)
    ).first()
    if row is None:
        text = f"{name} not in Group for assetGroupSighting {sighting.guid}"
        raise Unprocessable.about("assetReferences", text)
    guid, owner = row
    if owner not in (None, sighting.guid):
        text = f"{name} already in assetGroupSighting {owner}, remove from this first."
        raise Unprocessable.about("assetReferences", text)
    return guid, owner


def _unassign_all_on(db: Session, assets: Iterable[UUID]) -> None:
    annotations = select(Annotation.guid).where(Annotation.asset_guid.in_(assets))
    _delete_assignments(db, ASSIGNED.annotation_guid.in_(annotations))


def _delete_assignments(db: Session, *conditions: Any) -> None:
    db.execute(delete(asset_group_sighting_annotation).where(*conditions))


def _sighting_of(db: Session, asset: Asset, *, lock: bool = False) -> AssetGroupSighting | None:
    statement = (
        select(AssetGroupSighting)
        .join(asset_group_sighting_asset)
        .where(OF_SIGHTINGS.asset_guid == asset.guid)
        .execution_options(populate_existing=True)
    )
    return db.scalar(statement.with_for_update(of=AssetGroupSighting) if lock else statement)


def _audit(db: Session, guid: UUID, deed: str) -> None:
    message = f"{deed} of AssetGroupSighting {guid}"
    audit(db, Action.UPDATE, "AssetGroupSighting", guid, message=message)
