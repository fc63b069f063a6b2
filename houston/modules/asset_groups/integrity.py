"""The integrity checks of asset groups, and of assets and annotations by their groups."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import and_, exists, or_, select

from houston.core.db.session import Session
from houston.core.integrity import AN_HOUR_AGO, Check
from houston.core.services import Services
from houston.modules.annotations.models import Annotation
from houston.modules.asset_groups.models import (
    AssetGroup,
    AssetGroupSighting,
    AssetGroupSightingEncounter,
    DetectionJob,
    Stage,
    asset_group_sighting_annotation,
    asset_group_sighting_asset,
)
from houston.modules.assets.models import Asset

OF_SIGHTINGS = asset_group_sighting_asset.c
OF_ENCOUNTERS = asset_group_sighting_annotation.c
SIGHTINGS = AssetGroup.asset_group_sightings
PENDING = SIGHTINGS.any(AssetGroupSighting.stage != Stage.PROCESSED)
ANNOTATED = exists().where(Annotation.asset_guid == Asset.guid)


def without_annotations(_services: Services, db: Session) -> Iterator[dict[str, Any]]:
    """The pictures without annotations in groups with a processed sighting, by group."""
    processed = exists().where(
        AssetGroupSighting.asset_group_guid == Asset.asset_group_guid,
        AssetGroupSighting.stage == Stage.PROCESSED,
    )
    pictures = select(Asset.asset_group_guid, Asset.guid).where(
        Asset.width.is_not(None), ~ANNOTATED, processed
    )
    rows = db.execute(pictures.order_by(Asset.asset_group_guid, Asset.guid))
    for group, assets in groupby(rows, attrgetter("asset_group_guid")):
        yield {"group_guid": str(group), "asset_guids": [str(each.guid) for each in assets]}


def _in_stage(stage: Stage) -> Any:
    return select(AssetGroupSighting.guid).where(AssetGroupSighting.stage == stage)


WITH_OTHER_ASSETS = select(AssetGroupSighting.guid).where(
    AssetGroupSighting.assets.any(
        Asset.asset_group_guid != AssetGroupSighting.asset_group_guid,
    )
)
WITHOUT_REQUEST = _in_stage(Stage.DETECTION).where(
    AssetGroupSighting.detection_start < AN_HOUR_AGO,
    ~AssetGroupSighting.detection_jobs.any(DetectionJob.active),
)
WRONGLY_PROCESSED = select(AssetGroup.guid).where(
    or_(
        and_(AssetGroup.is_processed, PENDING),
        and_(~AssetGroup.is_processed, SIGHTINGS.any(), ~PENDING),
    )
)
OF_OTHER_ASSETS = (
    select(Annotation.guid)
    .join(asset_group_sighting_annotation)
    .join(AssetGroupSightingEncounter)
    .where(
        ~exists().where(
            OF_SIGHTINGS.asset_guid == Annotation.asset_guid,
            OF_SIGHTINGS.asset_group_sighting_guid
            == AssetGroupSightingEncounter.asset_group_sighting_guid,
        )
    )
)
WITHOUT_ENCOUNTER = (
    select(Annotation.guid)
    .join(Annotation.asset)
    .join(AssetGroup, AssetGroup.guid == Asset.asset_group_guid)
    .where(Annotation.encounter_guid.is_(None), AssetGroup.is_processed)
)
DETECTING = exists().where(
    OF_SIGHTINGS.asset_guid == Asset.guid,
    OF_SIGHTINGS.asset_group_sighting_guid == AssetGroupSighting.guid,
    AssetGroupSighting.stage.in_((Stage.PREPARATION, Stage.DETECTION)),
)
UNKNOWN_TO_ANALYSIS = select(Asset.guid).where(
    Asset.content_guid.is_(None), Asset.width.is_not(None), ~DETECTING
)

CHECKS = (
    Check(
        "asset_groups.wrongly_processed",
        WRONGLY_PROCESSED,
        "Asset groups whose mark as processed is not the state of their sightings.",
    ),
    Check(
        "asset_groups.sightings_missing_assets",
        WITH_OTHER_ASSETS,
        "Asset group sightings with assets that their group does not have.",
    ),
    Check(
        "asset_groups.annotations_of_other_assets",
        OF_OTHER_ASSETS,
        "Annotations of encounters whose asset group sighting does not have the asset.",
    ),
    Check(
        "asset_groups.assets_without_annots",
        without_annotations,
        "Pictures without annotations, of groups with a committed sighting.",
        is_fault=False,
    ),
    Check(
        "asset_groups.failed_sightings",
        _in_stage(Stage.FAILED),
        "Asset group sightings that have failed.",
        is_fault=False,
    ),
    Check(
        "asset_groups.unknown_stage_sightings",
        _in_stage(Stage.UNKNOWN),
        "Asset group sightings in the stage `unknown`.",
        is_fault=False,
    ),
    Check(
        "asset_groups.preparation_stage_sightings",
        _in_stage(Stage.PREPARATION),
        "Asset group sightings in preparation.",
        is_fault=False,
    ),
    Check(
        "asset_groups.jobless_detecting_sightings",
        WITHOUT_REQUEST,
        "Asset group sightings in detection for more than an hour, without a request.",
        is_fault=False,
    ),
    Check(
        "annotations.no_encounter",
        WITHOUT_ENCOUNTER,
        "Annotations without an encounter, in groups whose sightings are all committed.",
        is_fault=False,
    ),
    Check(
        "assets.no_content_guid",
        UNKNOWN_TO_ANALYSIS,
        "Pictures that the image analysis does not know, after detection.",
        is_fault=False,
    ),
)
