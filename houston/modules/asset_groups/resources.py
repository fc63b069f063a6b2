"""The branch `asset_groups` of the tree: who may do what to submissions and their sightings."""

from typing import Any, ClassVar

from pyramid.authorization import Everyone
from pyramid.request import Request

from houston.core.security.grants import Caller, Grant, LocalRole
from houston.core.security.permissions import Permission
from houston.core.tree import Collection, Item, Part, Resource
from houston.domain.roles import Role
from houston.modules.asset_groups.models import (
    AssetGroup,
    AssetGroupSighting,
    AssetGroupSightingEncounter,
    DetectionJob,
)
from houston.modules.users.ownership import is_public, is_researchers, owner_role

LIST, READ, CREATE = (Permission.LIST,), (Permission.READ,), (Permission.CREATE,)
CHANGE = (Permission.READ, Permission.WRITE)
ALL = (*CHANGE, Permission.DELETE)

OVERSEERS = (Grant(Role.ADMIN, LIST), Grant(Role.STAFF, LIST), Grant(Role.INTERNAL, LIST))
INSIGHT = (Grant(Role.STAFF, READ), Grant(Role.INTERNAL, READ))


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


class AssetGroupResource(Item):
    """One asset group."""

    grants = (
        Grant(OWNER, ALL),
        Grant(ADMIN, CHANGE),
        Grant(VISITOR, READ),
        Grant(Role.STAFF, ALL),
        Grant(Role.INTERNAL, ALL),
    )


class AssetGroupInsight(Item):
    """What only those who look after the site need to know of a submission."""

    grants = INSIGHT


class AssetGroupPlaces(Collection):
    """Submissions under their guids, each with its owner."""

    model = AssetGroup


class AssetGroupInsights(AssetGroupPlaces):
    """Submissions as those see them who look after the site."""

    item = AssetGroupInsight


class AssetGroupSearch(Resource):
    """Searching the submissions."""


class Commitment(Resource):
    """Making a sighting of a reported one."""


class Detection(Resource):
    """Having the animals in the pictures found once more."""


class DetectionAnswer(Item):
    """The answer of the image analysis to one request."""

    grants = (Grant(Role.INTERNAL, (Permission.WRITE,)),)


class DetectionAnswers(Collection):
    """The requests to the image analysis about one sighting."""

    model = DetectionJob
    item = DetectionAnswer
    within = DetectionJob.asset_group_sighting_guid


class PendingEncounterResource(Part):
    """One animal of a reported sighting."""


class PendingEncounters(Collection):
    """The animals of a reported sighting."""

    model = AssetGroupSightingEncounter
    item = PendingEncounterResource
    within = AssetGroupSightingEncounter.asset_group_sighting_guid


VISITOR_OF_GROUP = VISITOR.through(AssetGroupSighting.asset_group)


class AssetGroupSightingResource(Item):
    """One reported sighting."""

    children = {
        "commit": Commitment,
        "detect": Detection,
        "sage_detected": DetectionAnswers,
        "encounter": PendingEncounters,
    }
    grants: ClassVar[tuple[Grant, ...]] = (
        Grant(CURATOR.through(AssetGroupSighting.asset_group), ALL),
        Grant(OWNER.through(AssetGroupSighting.asset_group), READ),
        Grant(VISITOR_OF_GROUP, READ),
        Grant(Role.ADMIN, ALL),
        Grant(Role.STAFF, ALL),
        Grant(Role.INTERNAL, ALL),
    )

    def __init__(self, request: Request, *args: Any) -> None:
        super().__init__(request, *args)
        self.row.has_edit = bool(request.has_permission(Permission.WRITE, self))


class PendingSightingResource(AssetGroupSightingResource):
    """One asset group sighting in the shape of a sighting, for any signed-in user."""

    children = {"encounter": PendingEncounters}
    grants = (
        *(
            grant
            for grant in AssetGroupSightingResource.grants
            if grant.role is not VISITOR_OF_GROUP
        ),
        Grant(SIGNED_IN_VISITOR.through(AssetGroupSighting.asset_group), READ),
    )


class AssetGroupSightingInsight(Item):
    """What only those who look after the site need to know of a reported sighting."""

    grants = INSIGHT


class AssetGroupSightingPlaces(Collection):
    """Reported sightings under their guids, each with the owner of its submission."""

    model = AssetGroupSighting


class PendingSightings(AssetGroupSightingPlaces):
    """Reported sightings in the shape of sightings."""

    item = PendingSightingResource


class AssetGroupSightingInsights(AssetGroupSightingPlaces):
    """Reported sightings as those see them who look after the site."""

    item = AssetGroupSightingInsight


class AssetGroupSightingSearch(Resource):
    """Searching the reported sightings."""


class PendingList(Resource):
    """Sightings that wait for somebody who knows more than their reporters."""

    grants = (Grant(Role.RESEARCHER, LIST),)


class PendingLists(Resource):
    """The lists of sightings that wait, by who has reported them."""

    children = {"public": PendingList, "contributor": PendingList}


class AssetGroupSightingCollection(AssetGroupSightingPlaces):
    """All reported sightings."""

    item = AssetGroupSightingResource
    children = {
        "as_sighting": PendingSightings,
        "debug": AssetGroupSightingInsights,
        "jobs": AssetGroupSightingInsights,
        "pending": PendingLists,
        "search": AssetGroupSightingSearch,
    }
    grants = OVERSEERS


class AssetGroupCollection(AssetGroupPlaces):
    """All submissions. Everybody makes them, signed in or not."""

    noun = "asset_groups"
    item = AssetGroupResource
    children = {
        "sighting": AssetGroupSightingCollection,
        "debug": AssetGroupInsights,
        "search": AssetGroupSearch,
    }
    grants = (Grant(Role.ANYONE, CREATE), *OVERSEERS)


class SightingsOfUser(Resource):
    """The unprocessed sightings that a user has reported."""
