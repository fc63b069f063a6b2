"""The integrity checks of sightings, of their assets and of the annotations of their encounters."""

from sqlalchemy import and_, exists, func, or_, select

from houston.core.integrity import Check
from houston.modules.annotations.models import Annotation
from houston.modules.asset_groups.models import AssetGroupSighting, asset_group_sighting_asset
from houston.modules.assets.models import Asset
from houston.modules.sightings.models import Encounter, Sighting, SightingStage, sighting_asset

OF_SIGHTINGS = sighting_asset.c
CREATED_FROM = and_(
    Sighting.guid == AssetGroupSighting.sighting_guid,
    Sighting.asset_group_sighting_guid == AssetGroupSighting.guid,
)

WITHOUT_ENCOUNTERS = select(Sighting.guid).where(~Sighting.encounters.any())
OF_OTHER_ASSETS = (
    select(Annotation.guid)
    .join(Encounter, Encounter.guid == Annotation.encounter_guid)
    .where(
        ~exists().where(
            OF_SIGHTINGS.sighting_guid == Encounter.sighting_guid,
            OF_SIGHTINGS.asset_guid == Annotation.asset_guid,
        )
    )
)
WITHOUT_SIGHTING = select(AssetGroupSighting.guid).where(
    AssetGroupSighting.sighting_guid.is_not(None), ~exists().where(CREATED_FROM)
)
WITHOUT_ORIGIN = select(Sighting.guid).where(
    Sighting.asset_group_sighting_guid.is_not(None), ~exists().where(CREATED_FROM)
)
FAILED = select(Sighting.guid).where(Sighting.stage == SightingStage.FAILED)
OF_SEVERAL = (
    select(OF_SIGHTINGS.asset_guid).group_by(OF_SIGHTINGS.asset_guid).having(func.count() > 1)
)
OF_NONE = select(Asset.guid).where(
    ~or_(
        exists().where(OF_SIGHTINGS.asset_guid == Asset.guid),
        exists().where(asset_group_sighting_asset.c.asset_guid == Asset.guid),
    )
)

CHECKS = (
    Check("sightings.no_encounters", WITHOUT_ENCOUNTERS, "Sightings without encounters."),
    Check(
        "sightings.unknown_to_origin",
        WITHOUT_ORIGIN,
        "Sightings to which their asset group sighting does not refer.",
    ),
    Check(
        "asset_groups.sightings_without_sighting",
        WITHOUT_SIGHTING,
        "Asset group sightings that refer to a sighting which was not created from them.",
    ),
    Check(
        "annotations.other_sighting",
        OF_OTHER_ASSETS,
        "Annotations of encounters whose sighting does not have the asset.",
    ),
    Check("sightings.failed_sightings", FAILED, "Sightings that have failed.", is_fault=False),
    Check("assets.multiple_sightings", OF_SEVERAL, "Assets of several sightings.", is_fault=False),
    Check("assets.no_sightings", OF_NONE, "Assets of no sighting.", is_fault=False),
)
