"""Asset groups: photographs that were uploaded together, with the sightings that they show.

An asset group is created by a form with one sighting, or by a bulk upload with many. Those of
anonymous users belong to the Public User and are public. Each asset group sighting advances by
itself through preparation, detection and curation until it is committed: docs/asset-groups.md has
the table. The owner of an asset group reads, changes and deletes it. Its sightings are curated and
committed by researchers: by the owner, or by any of them where the owner is not a researcher.
"""

from typing import Any

REQUIRES = ("annotations", "assets", "image_analysis", "jobs", "site_settings", "uploads", "users")


def includeme(config: Any) -> None:
    """Add the branch `asset_groups` to the tree, and register its operations and jobs."""
    from houston.core.schema.nodes import ListOf
    from houston.core.services import services_of
    from houston.core.tree import Resource
    from houston.modules.annotations.services import AnnotationCreated
    from houston.modules.asset_groups.integrity import CHECKS
    from houston.modules.asset_groups.resources import AssetGroupCollection
    from houston.modules.asset_groups.schemas.responses import UnprocessedAssetGroupSchema
    from houston.modules.asset_groups.services import curation, listing, stages
    from houston.modules.assets.events import AssetPrepared, AssetRotated
    from houston.modules.assets.resources import AssetCollection, AssetDebugging
    from houston.modules.users.resources import UserResource
    from houston.modules.users.schemas import PersonalUserSchema

    services_of(config).add(stages.SightingCreator())
    config.add_event_subscriber(AssetPrepared, stages.update_preparation)
    config.add_event_subscriber(AssetRotated, curation.note_rotation)
    config.add_event_subscriber(AnnotationCreated, curation.check_new_annotation)
    unprocessed = ListOf(UnprocessedAssetGroupSchema())
    config.contribute(
        PersonalUserSchema,
        "unprocessed_asset_groups",
        unprocessed,
        listing.unprocessed_groups,
        where=listing.HAS_UNPROCESSED_GROUPS,
    )
    config.add_job_source(listing.JOB_TYPE, listing.DETECTION_JOBS, listing.details_of_jobs)
    config.add_public_count("num_pending_sightings", listing.count_unprocessed)
    sightings, encounters = listing.SIGHTING_FIELDS, listing.ENCOUNTER_FIELDS
    config.add_setting_usage("regions", listing.usage_of(sightings, "locationId"))
    config.add_setting_usage("regions", listing.usage_of(encounters, "locationId"))
    config.add_setting_usage("species", listing.usage_of(encounters, "taxonomy"))
    for noun, fields in (("Sighting", sightings), ("Encounter", encounters)):
        used = listing.usage_of_custom_fields(fields)
        clearing = listing.clearing_of_custom_fields(fields)
        config.add_setting_usage(f"customFields.{noun}", used, clearing)
    config.add_integrity_checks(*CHECKS)
    config.add_branch("asset_groups", AssetGroupCollection)
    config.add_child(AssetCollection, "jobs", AssetDebugging)
    config.add_child(UserResource, "asset_group_sightings", Resource)
    config.scan(".jobs")
    config.scan(".views")
