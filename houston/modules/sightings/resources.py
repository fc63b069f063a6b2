"""The branches `sightings` and `encounters` of the tree, and who may do what there."""

from houston.core.security.grants import Grant, Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.asset_groups.models import AssetGroup, AssetGroupSighting
from houston.modules.sightings.models import (
    ENCOUNTER_OWNER,
    PUBLIC_ENCOUNTER_RESEARCHER,
    PUBLIC_ENCOUNTER_VISITOR,
    Encounter,
    Sighting,
)
from houston.modules.users.models import owner_role

READ = (Permission.READ,)
EDIT = (*READ, Permission.WRITE)
FULL = (*EDIT, Permission.DELETE, Permission.EXPORT)
GOVERN = (*FULL, Permission.ADMINISTER)
LIST = (Permission.LIST,)
CLEAR = (*LIST, Permission.DELETE)

OWNER_OF_ONE = ENCOUNTER_OWNER.through(Sighting.encounters, "the owners of its encounters")
OWNER_OF_ALL = ENCOUNTER_OWNER.throughout(Sighting.encounters, "the owner of all its encounters")
REPORTER = (
    owner_role("the owner of the asset group that it comes from", AssetGroup)
    .through(AssetGroupSighting.asset_group)
    .through(Sighting.asset_group_sighting)
)
PUBLIC_VISITOR = PUBLIC_ENCOUNTER_VISITOR.through(
    Sighting.encounters, "anyone, where the public reported one of its encounters"
)
PUBLIC_RESEARCHER = PUBLIC_ENCOUNTER_RESEARCHER.through(
    Sighting.encounters, "researchers, where the public reported one of its encounters"
)


class EncounterResource(Item):
    """One encounter. To administer it is to give it another owner."""

    grants = (
        Grant(ENCOUNTER_OWNER, GOVERN),
        Grant(PUBLIC_ENCOUNTER_VISITOR, READ),
        Grant(PUBLIC_ENCOUNTER_RESEARCHER, EDIT),
        Grant(Role.RESEARCHER, READ),
        Grant(Role.ADMIN, FULL),
        Grant(Role.STAFF, GOVERN),
        Grant(Role.INTERNAL, GOVERN),
    )


class SightingResource(Item):
    """One sighting, which belongs to the owners of its encounters."""

    children = {"featured_asset_guid": Resource, "featured_image": Resource}
    grants = (
        Grant(OWNER_OF_ONE, (*EDIT, Permission.EXPORT)),
        Grant(OWNER_OF_ALL, (Permission.DELETE,)),
        Grant(REPORTER, EDIT),
        Grant(PUBLIC_VISITOR, READ),
        Grant(PUBLIC_RESEARCHER, EDIT),
        Grant(Role.ADMIN, FULL),
        Grant(Role.STAFF, FULL),
        Grant(Role.INTERNAL, FULL),
    )


class DebuggedSighting(Item):
    """One sighting with internal details."""

    grants = (Grant(Role.STAFF, READ), Grant(Role.INTERNAL, READ))


class SightingDebugging(Collection):
    """The sightings with internal details."""

    model = Sighting
    item = DebuggedSighting


class EncounterDebugging(Collection):
    """The encounters, with internal details of their sightings."""

    model = Encounter
    item = DebuggedSighting


class SightingCollection(Collection):
    """All sightings. To delete is to remove those without encounters."""

    noun = "sightings"
    model = Sighting
    item = SightingResource
    children = {
        "search": Resource,
        "remove_all_empty": Resource,
        "debug": SightingDebugging,
        "jobs": SightingDebugging,
    }
    grants = (
        Grant(Role.RESEARCHER, LIST),
        Grant(Role.ADMIN, CLEAR),
        Grant(Role.STAFF, CLEAR),
        Grant(Role.INTERNAL, CLEAR),
    )


class EncounterCollection(Collection):
    """All encounters."""

    noun = "encounters"
    model = Encounter
    item = EncounterResource
    children = {"search": Resource, "debug": EncounterDebugging}
    grants = (
        Grant(Role.RESEARCHER, LIST),
        Grant(Role.ADMIN, LIST),
        Grant(Role.STAFF, LIST),
        Grant(Role.INTERNAL, LIST),
    )
