"""The branches `sightings` and `encounters` of the tree, and who may do what there."""

from houston.core.security.grants import Grant, Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.annotations.models import Annotation
from houston.modules.asset_groups.models import AssetGroup, AssetGroupSighting
from houston.modules.assets.models import Asset
from houston.modules.sightings.models import (
    ENCOUNTER_EDITOR,
    ENCOUNTER_EXPORTER,
    ENCOUNTER_OWNER,
    ENCOUNTER_VIEWER,
    PUBLIC_ENCOUNTER_RESEARCHER,
    PUBLIC_ENCOUNTER_VISITOR,
    Encounter,
    Sighting,
    collaborators_through,
    sighting_asset,
)
from houston.modules.users.models import owner_role

READ = (Permission.READ,)
EDIT = (*READ, Permission.WRITE)
ANNOTATE = (*READ, Permission.CREATE)
FULL = (*EDIT, Permission.DELETE, Permission.EXPORT)
GOVERN = (*FULL, Permission.ADMINISTER)
EXPORT = (Permission.EXPORT,)
LIST = (Permission.LIST,)
CLEAR = (*LIST, Permission.DELETE)

OWNER_OF_ONE = ENCOUNTER_OWNER.through(Sighting.encounters, "the owners of its encounters")
OWNER_OF_ALL = ENCOUNTER_OWNER.throughout(Sighting.encounters, "the owner of all its encounters")
VIEWER, EXPORTER, EDITOR = collaborators_through(Sighting.encounters)
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

OF_ANNOTATION = Encounter.guid == Annotation.encounter_guid
OF_ASSET = (sighting_asset.c.asset_guid == Asset.guid) & (
    sighting_asset.c.sighting_guid == Encounter.sighting_guid
)
OWNER_BY_ASSET = ENCOUNTER_OWNER.joined_to(
    Asset, OF_ASSET, "the owners of the encounters of its sighting"
)
VIEWER_BY_ASSET = ENCOUNTER_VIEWER.joined_to(
    Asset, OF_ASSET, "view collaborators of the owners of the encounters of its sighting"
)
EDITOR_BY_ASSET = ENCOUNTER_EDITOR.joined_to(
    Asset, OF_ASSET, "edit collaborators of the owners of the encounters of its sighting"
)
VISITOR_BY_ASSET = PUBLIC_ENCOUNTER_VISITOR.joined_to(
    Asset, OF_ASSET, "anyone, where the public reported an encounter of its sighting"
)
RESEARCHER_BY_ASSET = PUBLIC_ENCOUNTER_RESEARCHER.joined_to(
    Asset, OF_ASSET, "researchers, where the public reported an encounter of its sighting"
)
PICTURE_GRANTS = (
    Grant(OWNER_BY_ASSET, READ),
    Grant(VIEWER_BY_ASSET, READ),
    Grant(VISITOR_BY_ASSET, READ),
)
"""Whoever reads a sighting sees its pictures."""
ASSET_GRANTS = (
    Grant(OWNER_BY_ASSET, ANNOTATE),
    Grant(VIEWER_BY_ASSET, READ),
    Grant(EDITOR_BY_ASSET, ANNOTATE),
    Grant(RESEARCHER_BY_ASSET, ANNOTATE),
    Grant(VISITOR_BY_ASSET, READ),
)
"""Whoever changes a sighting may annotate its assets."""
ANNOTATION_GRANTS = (
    Grant(
        ENCOUNTER_OWNER.joined_to(Annotation, OF_ANNOTATION, "the owner of its encounter"),
        (*EDIT, Permission.ADMINISTER, Permission.DELETE),
    ),
    Grant(
        ENCOUNTER_VIEWER.joined_to(
            Annotation, OF_ANNOTATION, "view collaborators of the owner of its encounter"
        ),
        READ,
    ),
    Grant(
        ENCOUNTER_EDITOR.joined_to(
            Annotation, OF_ANNOTATION, "edit collaborators of the owner of its encounter"
        ),
        EDIT,
    ),
    Grant(
        PUBLIC_ENCOUNTER_RESEARCHER.joined_to(
            Annotation, OF_ANNOTATION, "researchers, where the public reported its encounter"
        ),
        EDIT,
    ),
    Grant(
        PUBLIC_ENCOUNTER_VISITOR.joined_to(
            Annotation, OF_ANNOTATION, "anyone, where the public reported its encounter"
        ),
        READ,
    ),
)
"""An annotation belongs to the owner of its encounter, too."""


class EncounterResource(Item):
    """One encounter. To administer it is to give it another owner."""

    grants = (
        Grant(ENCOUNTER_OWNER, GOVERN),
        Grant(ENCOUNTER_VIEWER, READ),
        Grant(ENCOUNTER_EXPORTER, EXPORT),
        Grant(ENCOUNTER_EDITOR, EDIT),
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
        Grant(VIEWER, READ),
        Grant(EXPORTER, EXPORT),
        Grant(EDITOR, EDIT),
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
