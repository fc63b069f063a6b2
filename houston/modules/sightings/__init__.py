"""Sightings: animals that were seen at one time and place, each in an encounter.

An asset group sighting becomes a sighting by its commit. Its encounters have owners, who are the
owners of the sighting: each of them changes it, and the owner of all deletes it. An encounter has
the time, the place and the species of its sighting unless it has its own. A sighting without
encounters does not remain: the last one is deleted only with it.

Whoever reads a sighting reads its assets and sees their pictures. An annotation shows an encounter,
whose owner shares it with the owner of the asset.
"""

from typing import Any

REQUIRES = ("asset_groups",)


def includeme(config: Any) -> None:
    """Add the branches `sightings` and `encounters`, and let asset groups commit."""
    from houston.core.http.tweens import ExposedHeaders
    from houston.core.schema.nodes import Guid, ListOf, String
    from houston.core.services import services_of
    from houston.core.tree import Resource
    from houston.modules.asset_groups.events import AssetGroupSightingsDeleted
    from houston.modules.asset_groups.resources import AssetGroupSightingResource
    from houston.modules.asset_groups.services.stages import SightingCreator
    from houston.modules.sightings.integrity import CHECKS
    from houston.modules.sightings.resources import EncounterCollection, SightingCollection
    from houston.modules.sightings.schemas import responses
    from houston.modules.sightings.services import listing
    from houston.modules.sightings.services.cascades import TELLING, delete_with_origins
    from houston.modules.sightings.services.commit import create_sighting
    from houston.modules.users.resources import UserResource
    from houston.modules.users.schemas import PersonalUserSchema

    services_of(config)[SightingCreator].create = create_sighting
    services_of(config)[ExposedHeaders].extend(TELLING)
    config.add_event_subscriber(AssetGroupSightingsDeleted, delete_with_origins)
    name = String(nullable=True, description="The name of the region.")
    key = String(description="The name of the region in lower case, for sorting.")
    of_encounters = responses.encounter_region_names
    config.contribute(responses.SightingSchema, "locationId_value", name, responses.region_names)
    config.contribute(responses.EncounterSchema, "locationId_value", name.clone(), of_encounters)
    config.contribute(responses.SightingSchema, "locationId_keyword", key, responses.region_keys)
    config.include(".schemas.rows")
    unprocessed = ListOf(
        Guid(), description="The sightings with encounters of the user that are not reviewed."
    )
    config.contribute(
        PersonalUserSchema,
        "unprocessed_sightings",
        unprocessed,
        listing.unprocessed_sightings,
        where=listing.HAS_UNPROCESSED,
    )
    config.add_public_count("num_sightings", listing.count_sightings)
    config.add_integrity_checks(*CHECKS)
    _protect_settings(config)
    _extend_annotations(config)
    config.add_branch("sightings", SightingCollection)
    config.add_branch("encounters", EncounterCollection)
    config.add_child(AssetGroupSightingResource, "commit", Resource)
    config.add_child(UserResource, "sightings", Resource)
    config.scan(".views")


def _protect_settings(config: Any) -> None:
    """Protect the regions, species and custom fields that sightings and encounters use."""
    from houston.modules.sightings.models import Encounter, Sighting, SightingTaxonomy
    from houston.modules.sightings.services import listing

    for model in (Sighting, Encounter):
        config.add_setting_usage(
            f"customFields.{model.__name__}",
            listing.usage_of_custom_fields(model),
            listing.clearing_of_custom_fields(model),
        )
        config.add_setting_usage("regions", listing.usage_of(model.location_guid))
    for column in (SightingTaxonomy.taxonomy_guid, Encounter.taxonomy_guid):
        config.add_setting_usage("species", listing.usage_of(column))


def _extend_annotations(config: Any) -> None:
    """Let annotations show encounters, whose owners share them and the assets with their owners."""
    from houston.core.schema.nodes import Guid, Reference
    from houston.core.security.grants import Permission
    from houston.modules.annotations.resources import AnnotationResource
    from houston.modules.annotations.schemas import AnnotationPatch
    from houston.modules.annotations.services import ANNOTATIONS, AnnotationCreated
    from houston.modules.assets.resources import AssetPicture, AssetResource
    from houston.modules.sightings import resources
    from houston.modules.sightings.services import annotations

    shown = Guid(
        permission=Permission.ADMINISTER,
        refers=Reference("encounters", Permission.WRITE),
        description="An encounter of the sighting, which the caller may change.",
    )
    config.contribute_to_patch(
        AnnotationPatch, "encounter_guid", shown, annotations.move_annotation
    )
    config.contribute_to_search(ANNOTATIONS, annotations.SEARCH_FIELDS)
    config.add_event_subscriber(AnnotationCreated, annotations.check_new_annotation)
    config.add_grants(AnnotationResource, *resources.ANNOTATION_GRANTS)
    config.add_grants(AssetResource, *resources.ASSET_GRANTS)
    config.add_grants(AssetPicture, *resources.PICTURE_GRANTS)
