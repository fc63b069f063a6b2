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
    from houston.modules.annotations.events import AnnotationCreated
    from houston.modules.asset_groups.receiver import Receivers, set_sighting_receiver
    from houston.modules.asset_groups.resources import AssetGroupCollection, SightingsOfUser
    from houston.modules.asset_groups.schemas.groups import UnprocessedAssetGroupSchema
    from houston.modules.asset_groups.services import detection, hearing, preparation, usage
    from houston.modules.asset_groups.services.listing import count_pending, unprocessed_groups
    from houston.modules.assets.events import AssetPrepared, AssetRotated
    from houston.modules.assets.resources import AssetCollection, AssetDebugging
    from houston.modules.users.resources import UserResource
    from houston.modules.users.schemas import PersonalUserSchema

    services_of(config).add(Receivers())
    config.add_directive("set_sighting_receiver", set_sighting_receiver)
    config.add_event_subscriber(AssetPrepared, preparation.hear_of_preparation)
    config.add_event_subscriber(AssetRotated, hearing.remember_rotation)
    config.add_event_subscriber(AnnotationCreated, hearing.refuse_annotation)
    config.contribute(
        PersonalUserSchema,
        "unprocessed_asset_groups",
        ListOf(UnprocessedAssetGroupSchema()),
        unprocessed_groups,
    )
    config.add_job_source(detection.TYPE, detection.REQUESTS, detection.details)
    config.add_public_count("num_pending_sightings", count_pending)
    config.add_setting_usage("regions", usage.of_regions)
    config.add_setting_usage("species", usage.of_species)
    for noun in ("Sighting", "Encounter"):
        config.add_setting_usage(f"customFields.{noun}", usage.of_custom_fields(noun))
    config.add_branch("asset_groups", AssetGroupCollection)
    config.add_child(AssetCollection, "jobs", AssetDebugging)
    config.add_child(UserResource, "asset_group_sightings", SightingsOfUser)
    config.scan(".jobs")
    config.scan(".views")
