"""Reading submissions in full, at the same few statements however many sightings they have."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm.attributes import set_committed_value

from houston.core.db.session import Session
from houston.modules.annotations.models import Annotation
from houston.modules.asset_groups.models import (
    AssetGroup,
    AssetGroupSighting,
    AssetGroupSightingEncounter,
    DetectionJob,
    asset_group_sighting_annotation,
    asset_group_sighting_asset,
)
from houston.modules.assets.models import Asset
from houston.modules.jobs.services import load_progress
from houston.modules.users.models import User

Condition = ColumnElement[bool]
ASSIGNMENT = asset_group_sighting_annotation.c
BELONGING = asset_group_sighting_asset.c
PROGRESS = {
    AssetGroup: ("progress_preparation", "progress_detection", "progress_identification"),
    AssetGroupSighting: ("progress_detection", "progress_identification"),
}


def load_group(db: Session, group: AssetGroup) -> AssetGroup:
    """A submission with its assets and its sightings, each in full."""
    within = AssetGroupSighting.asset_group_guid == group.guid
    sightings = db.scalars(
        select(AssetGroupSighting)
        .where(within)
        .order_by(AssetGroupSighting.position, AssetGroupSighting.guid)
    ).all()
    assets = select(Asset).where(Asset.asset_group_guid == group.guid).order_by(Asset.position)
    set_committed_value(group, "asset_group_sightings", list(sightings))
    set_committed_value(group, "assets", list(db.scalars(assets)))
    _fill(db, group, sightings, within)
    return group


def load_sighting(db: Session, sighting: AssetGroupSighting) -> AssetGroupSighting:
    """A reported sighting in full."""
    within = AssetGroupSighting.guid == sighting.guid
    _fill(db, sighting.asset_group, [sighting], within)
    return sighting


def _fill(
    db: Session, group: AssetGroup, sightings: Sequence[AssetGroupSighting], within: Condition
) -> None:
    """Load what belongs to these sightings, which are those of the condition."""
    assets = _assets(db, within)
    annotations = _annotations(db, within)
    encounters = _grouped(
        db.scalars(
            _joined(select(AssetGroupSightingEncounter), within).order_by(
                AssetGroupSightingEncounter.position, AssetGroupSightingEncounter.guid
            )
        )
    )
    jobs = _grouped(
        db.scalars(_joined(select(DetectionJob), within).order_by(DetectionJob.created))
    )
    for sighting in sightings:
        set_committed_value(sighting, "assets", assets[sighting.guid])
        set_committed_value(sighting, "annotations", annotations[sighting.guid])
        set_committed_value(sighting, "encounters", encounters[sighting.guid])
        set_committed_value(sighting, "detection_jobs", jobs[sighting.guid])
    _load_assignments(db, within, sightings)
    _load_owners(db, sightings)
    _load_progress(db, [group, *sightings])


def _assets(db: Session, within: Condition) -> Mapping[UUID, list[Asset]]:
    """The assets of each sighting, in their order."""
    assets = defaultdict(list)
    rows = db.execute(
        select(BELONGING.asset_group_sighting_guid, Asset)
        .join(Asset, Asset.guid == BELONGING.asset_guid)
        .join(AssetGroupSighting, AssetGroupSighting.guid == BELONGING.asset_group_sighting_guid)
        .where(within)
        .order_by(BELONGING.position)
    )
    for sighting, asset in rows:
        assets[sighting].append(asset)
    return assets


def _annotations(db: Session, within: Condition) -> Mapping[UUID, list[Annotation]]:
    """The annotations on the assets of each sighting, in their order."""
    annotations = defaultdict(list)
    found = select(BELONGING.asset_group_sighting_guid, Annotation)
    rows = db.execute(_on_assets(found, within).order_by(Annotation.created, Annotation.guid))
    for sighting, annotation in rows:
        annotations[sighting].append(annotation)
    return annotations


def _load_assignments(
    db: Session, within: Condition, sightings: Sequence[AssetGroupSighting]
) -> None:
    """Load which annotations are each encounter's."""
    assigned = select(ASSIGNMENT.annotation_guid, ASSIGNMENT.encounter_guid).join(
        AssetGroupSightingEncounter, AssetGroupSightingEncounter.guid == ASSIGNMENT.encounter_guid
    )
    rows = db.execute(_joined(assigned, within))
    encounter_of = {row.annotation_guid: row.encounter_guid for row in rows}
    for sighting in sightings:
        own = defaultdict(list)
        for annotation in sighting.annotations:
            own[encounter_of.get(annotation.guid)].append(annotation)
        for encounter in sighting.encounters:
            set_committed_value(encounter, "annotations", own[encounter.guid])


def _load_owners(db: Session, sightings: Sequence[AssetGroupSighting]) -> None:
    """Load those who shall own encounters that the owner of the group shall not."""
    encounters = [encounter for sighting in sightings for encounter in sighting.encounters]
    guids = {encounter.owner_guid for encounter in encounters} - {None}
    found = select(User).where(User.guid.in_(guids))
    owners = {user.guid: user for user in db.scalars(found)} if guids else {}
    for encounter in encounters:
        owner = owners.get(encounter.owner_guid) if encounter.owner_guid else None
        set_committed_value(encounter, "owner", owner)


def _load_progress(db: Session, rows: Sequence[AssetGroup | AssetGroupSighting]) -> None:
    """Load how far all is that has to do with these rows."""
    places = [(row, name) for row in rows for name in PROGRESS[type(row)]]
    found = load_progress(db, [getattr(row, f"{name}_guid") for row, name in places])
    for row, name in places:
        set_committed_value(row, name, found.get(getattr(row, f"{name}_guid")))


def _joined(statement: Select[Any], within: Condition) -> Select[Any]:
    """Only of what has a foreign key to such sightings."""
    return statement.join(AssetGroupSighting).where(within)


def _on_assets(statement: Select[Any], within: Condition) -> Select[Any]:
    """Only of annotations on assets of such sightings."""
    return (
        statement.join(asset_group_sighting_asset, BELONGING.asset_guid == Annotation.asset_guid)
        .join(AssetGroupSighting, AssetGroupSighting.guid == BELONGING.asset_group_sighting_guid)
        .where(within)
    )


def _grouped(rows: Any) -> Mapping[UUID, list[Any]]:
    """The rows of each sighting."""
    groups = defaultdict(list)
    for row in rows:
        groups[row.asset_group_sighting_guid].append(row)
    return groups
