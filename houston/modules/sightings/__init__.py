"""Sightings: animals that were seen at one time and place, each in an encounter.

An asset group sighting becomes a sighting by its commit. Its encounters have owners, who are the
owners of the sighting: each of them changes it, and the owner of all deletes it. An encounter has
the time, the place and the species of its sighting unless it has its own. A sighting without
encounters does not remain: the last one is deleted only with it.
"""

from typing import Any

REQUIRES = ("asset_groups",)


def includeme(config: Any) -> None:
    """Add the branches `sightings` and `encounters`, and let asset groups commit."""
    from houston.core.schema.nodes import String
    from houston.core.services import services_of
    from houston.core.tree import Resource
    from houston.modules.asset_groups.resources import AssetGroupSightingResource
    from houston.modules.asset_groups.services.stages import SightingCreator
    from houston.modules.sightings.resources import EncounterCollection, SightingCollection
    from houston.modules.sightings.schemas import responses
    from houston.modules.sightings.services.commit import create_sighting

    services_of(config)[SightingCreator].create = create_sighting
    name = String(nullable=True, description="The name of the region.")
    key = String(description="The name of the region in lower case, for sorting.")
    for schema in (responses.SightingSchema, responses.EncounterSchema):
        config.contribute(schema, "locationId_value", name.clone(), responses.region_names)
    config.contribute(responses.SightingSchema, "locationId_keyword", key, responses.region_keys)
    config.add_branch("sightings", SightingCollection)
    config.add_branch("encounters", EncounterCollection)
    config.add_child(AssetGroupSightingResource, "commit", Resource)
    config.scan(".views")
