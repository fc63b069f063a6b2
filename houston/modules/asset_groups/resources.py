"""The branch `asset_groups` of the tree: the grants of asset groups and asset group sightings."""

from typing import Any, ClassVar

from pyramid.authorization import Everyone
from pyramid.request import Request

from houston.core.security.grants import Caller, Grant, LocalRole, Permission
from houston.core.tree import Collection, Item, Part, Resource
from houston.domain.roles import Role
from houston.modules.asset_groups.models import (
    AssetGroup,
    AssetGroupSighting,
    AssetGroupSightingEncounter,
    DetectionJob,
)
from houston.modules.collaborations.models import Level, collaborator_role
from houston.modules.users.models import is_public, is_researchers, owner_role

LIST, READ, CREATE = (Permission.LIST,), (Permission.READ,), (Permission.CREATE,)
CHANGE = (Permission.READ, Permission.WRITE)
ALL = (*CHANGE, Permission.DELETE)

PUBLIC = is_public(AssetGroup.owner_guid)
OWNER = owner_role("the owner of the asset group", AssetGroup)
VISITOR = LocalRole("anyone, where the public reported it", AssetGroup, PUBLIC, Everyone)
SIGNED_IN_VISITOR = VISITOR.held_by(
    Role.SIGNED_IN, "any signed-in user, where the public reported it"
)
ADMIN = VISITOR.held_by(Role.ADMIN, "administrators, where the public reported it")
CURATOR = LocalRole(
    "researchers who own the asset group, or whose owner is no researcher",
    AssetGroup,
    (AssetGroup.owner_guid == Caller.guid) | ~is_researchers(AssetGroup.owner_guid),
    Role.RESEARCHER,
)

VIEWER = collaborator_role(
    "view collaborators of the owner of the asset group", AssetGroup, Level.VIEW
)
VIEWING_RESEARCHER = VIEWER.held_by(
    Role.RESEARCHER, "researchers who are view collaborators of the owner of the asset group"
)
EDITING_RESEARCHER = collaborator_role(
    "researchers who are edit collaborators of the owner of the asset group",
    AssetGroup,
    Level.EDIT,
    holder=Role.RESEARCHER,
)

CURATORS = (
    Grant(CURATOR.through(AssetGroupSighting.asset_group), ALL),
    Grant(OWNER.through(AssetGroupSighting.asset_group), READ),
    Grant(VIEWING_RESEARCHER.through(AssetGroupSighting.asset_group), READ),
    Grant(EDITING_RESEARCHER.through(AssetGroupSighting.asset_group), CHANGE),
)
STAFF = (Grant(Role.STAFF, ALL), Grant(Role.INTERNAL, ALL))
MANAGERS = (Grant(Role.ADMIN, ALL), *STAFF)


class AssetGroupResource(Item):
    """One asset group."""

    grants = (
        Grant(OWNER, ALL),
        Grant(VIEWER, READ),
        Grant(ADMIN, CHANGE),
        Grant(VISITOR, READ),
        *STAFF,
    )


class DebugItem(Item):
    """One asset group or asset group sighting with internal details."""

    grants = (Grant(Role.STAFF, READ), Grant(Role.INTERNAL, READ))


class AssetGroupDebugging(Collection):
    """The asset groups with internal details."""

    model = AssetGroup
    item = DebugItem


class AssetGroupSightingDebugging(Collection):
    """The asset group sightings with internal details."""

    model = AssetGroupSighting
    item = DebugItem


class DetectionAnswer(Item):
    """The answer of the image analysis to one request."""

    grants = (Grant(Role.INTERNAL, (Permission.WRITE,)),)


class DetectionAnswers(Collection):
    """The answers to the requests of an asset group sighting."""

    model = DetectionJob
    item = DetectionAnswer
    within = DetectionJob.asset_group_sighting_guid


class Encounters(Collection):
    """The encounters of an asset group sighting."""

    model = AssetGroupSightingEncounter
    item = Part
    within = AssetGroupSightingEncounter.asset_group_sighting_guid


class AssetGroupSightingResource(Item):
    """One asset group sighting, which knows whether the caller may change it."""

    children = {
        "detect": Resource,
        "sage_detected": DetectionAnswers,
        "encounter": Encounters,
    }
    grants: ClassVar[tuple[Grant, ...]] = (
        *CURATORS,
        Grant(VISITOR.through(AssetGroupSighting.asset_group), READ),
        *MANAGERS,
    )

    def __init__(self, request: Request, *args: Any) -> None:
        super().__init__(request, *args)
        self.row.has_edit = bool(request.has_permission(Permission.WRITE, self))


class AsSighting(AssetGroupSightingResource):
    """One asset group sighting in the form of a sighting, which anonymous users may not read."""

    children = {"encounter": Encounters}
    grants = (
        *CURATORS,
        *MANAGERS,
        Grant(SIGNED_IN_VISITOR.through(AssetGroupSighting.asset_group), READ),
    )


class AsSightings(Collection):
    """The asset group sightings in the form of sightings."""

    model = AssetGroupSighting
    item = AsSighting


class UnprocessedLists(Resource):
    """The lists of unprocessed sightings, by the kind of their owners."""

    children = {"public": Resource, "contributor": Resource}
    grants = (Grant(Role.RESEARCHER, LIST),)


class AssetGroupSightingCollection(Collection):
    """All asset group sightings."""

    model = AssetGroupSighting
    item = AssetGroupSightingResource
    children = {
        "as_sighting": AsSightings,
        "debug": AssetGroupSightingDebugging,
        "jobs": AssetGroupSightingDebugging,
        "pending": UnprocessedLists,
        "search": Resource,
    }
    grants = (Grant(Role.ADMIN, LIST), Grant(Role.STAFF, LIST), Grant(Role.INTERNAL, LIST))


class UnrestrictedCreation(Resource):
    """The creation of asset groups in bulk, with owners of encounters, or without files."""

    closed = True
    grants = (Grant(Role.RESEARCHER, CREATE),)


class AssetGroupCollection(Collection):
    """All asset groups; anonymous users create some, too."""

    noun = "asset_groups"
    model = AssetGroup
    item = AssetGroupResource
    children = {
        "sighting": AssetGroupSightingCollection,
        "debug": AssetGroupDebugging,
        "search": Resource,
        "unrestricted": UnrestrictedCreation,
    }
    grants = (Grant(Role.ANYONE, CREATE), *AssetGroupSightingCollection.grants)
