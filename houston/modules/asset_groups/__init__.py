"""Asset groups: submissions of photographs and of the sightings that they show.

A submission is a form with one sighting, or a table with many. Anybody may submit; what people
report who are not signed in belongs to the Public User and is seen by everybody. Each sighting goes
its own way from preparation through detection and curation to being committed; docs/asset-groups.md
shows the table of it. The owner of a submission sees, changes and deletes it. Its sightings are
curated and committed by researchers: the owner, or any where the owner is none.
"""

from typing import Any

REQUIRES = ("annotations", "assets", "image_analysis", "jobs", "site_settings", "uploads", "users")


def includeme(config: Any) -> None:
    """Hang the branch `asset_groups` on the tree and register its operations and its jobs."""
    from houston.core.schema.nodes import ListOf
    from houston.core.services import services_of
    from houston.core.tree import Resource
    from houston.modules.annotations.events import AnnotationCreated
    from houston.modules.asset_groups.resources import AssetGroupCollection
    from houston.modules.asset_groups.schemas.groups import UnprocessedAssetGroupSchema
    from houston.modules.asset_groups.services import annotations, listing
    from houston.modules.asset_groups.services.preparation import update_preparation
    from houston.modules.asset_groups.services.stages import SightingCreator
    from houston.modules.assets.events import AssetPrepared, AssetRotated
    from houston.modules.users.resources import UserResource
    from houston.modules.users.schemas import PersonalUserSchema

    services_of(config).add(SightingCreator())
    config.add_event_subscriber(AssetPrepared, update_preparation)
    config.add_event_subscriber(AssetRotated, annotations.note_rotation)
    config.add_event_subscriber(AnnotationCreated, annotations.check_new_annotation)
    config.contribute(
        PersonalUserSchema,
        "unprocessed_asset_groups",
        ListOf(UnprocessedAssetGroupSchema()),
        listing.unprocessed_groups,
    )
    config.add_job_source(listing.JOB_TYPE, listing.DETECTION_JOBS, listing.details_of_jobs)
    config.add_public_count("num_pending_sightings", listing.count_unprocessed)
    config.add_setting_usage("regions", listing.usage_of_regions)
    config.add_setting_usage("species", listing.usage_of_species)
    for noun in listing.FIELDS:
        config.add_setting_usage(f"customFields.{noun}", listing.usage_of_custom_fields(noun))
    config.add_branch("asset_groups", AssetGroupCollection)
    config.add_child(UserResource, "asset_group_sightings", Resource)
    config.scan(".jobs")
    config.scan(".views")
