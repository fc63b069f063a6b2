"""The branch `asset_groups` of the tree: who may do what to submissions and their sightings."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from sqlalchemy.orm import joinedload

from houston.core.security.grants import Grant, LocalRole
from houston.core.security.identity import Identity
from houston.core.security.permissions import Permission
from houston.core.tree import Collection, Item, Part, Resource
from houston.domain.roles import Role
from houston.modules.asset_groups.models import (
    AssetGroup,
    AssetGroupSighting,
    AssetGroupSightingEncounter,
    DetectionJob,
)

LIST, READ, CREATE = (Permission.LIST,), (Permission.READ,), (Permission.CREATE,)
CHANGE = (Permission.READ, Permission.WRITE)
ALL = (*CHANGE, Permission.DELETE)

OVERSEERS = (Grant(Role.ADMIN, LIST), Grant(Role.STAFF, LIST), Grant(Role.INTERNAL, LIST))
INSIGHT = (Grant(Role.STAFF, READ), Grant(Role.INTERNAL, READ))


class SubmissionRole(LocalRole):
    """What a caller is to a submission and to the sightings that it reports."""

    OWNER = "the owner of the submission"
    RESEARCHER = "researchers who own it, or where its owner is none"
    CURATOR = "researchers and administrators, where the public has reported it"
    VISITOR = "anybody, where the public has reported it"
    SIGNED_IN_VISITOR = "anybody who is signed in, where the public has reported it"


def roles_in(group: AssetGroup, identity: Identity) -> Iterator[str]:
    """What somebody who is signed in is to a submission."""
    account, owner = identity.account, group.owner
    owns = account.guid == owner.guid
    if owns:
        yield SubmissionRole.OWNER
    if account.is_researcher and (owns or not owner.is_researcher):
        yield SubmissionRole.RESEARCHER
    if owner.is_public:
        yield SubmissionRole.SIGNED_IN_VISITOR
        if account.is_researcher or account.is_admin:
            yield SubmissionRole.CURATOR


def visitors_of(group: AssetGroup) -> Iterator[str]:
    """What everybody is to a submission, signed in or not."""
    if group.owner.is_public:
        yield SubmissionRole.VISITOR


class AssetGroupResource(Item):
    """One submission."""

    grants = (
        Grant(SubmissionRole.OWNER, ALL),
        Grant(SubmissionRole.CURATOR, CHANGE),
        Grant(SubmissionRole.VISITOR, READ),
        Grant(SubmissionRole.RESEARCHER, (Permission.DELETE,)),
        Grant(Role.ADMIN, (Permission.DELETE,)),
        Grant(Role.STAFF, ALL),
        Grant(Role.INTERNAL, ALL),
    )

    def local_roles(self, identity: Identity) -> Iterable[str]:
        """What the caller is to the submission."""
        return roles_in(self.row, identity)

    def public_roles(self) -> Iterable[str]:
        """What everybody is to the submission."""
        return visitors_of(self.row)


class AssetGroupInsight(Item):
    """What only those who look after the site need to know of a submission."""

    grants = INSIGHT


class AssetGroupPlaces(Collection):
    """Submissions under their guids, each with its owner."""

    model = AssetGroup
    loading = (
        joinedload(AssetGroup.owner, innerjoin=True),
        joinedload(AssetGroup.submitter),
    )


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

    def find(self, key: str) -> DetectionJob | None:
        """The request of this guid, if it is about this sighting."""
        job: DetectionJob | None = super().find(key)
        sighting = self.__parent__.row  # type: ignore[union-attr]
        return job if job and job.asset_group_sighting_guid == sighting.guid else None


class PendingEncounterResource(Part):
    """One animal of a reported sighting."""


class PendingEncounters(Collection):
    """The animals of a reported sighting."""

    model = AssetGroupSightingEncounter
    item = PendingEncounterResource

    def find(self, key: str) -> AssetGroupSightingEncounter | None:
        """The animal of this guid, if it is in this sighting."""
        encounter: AssetGroupSightingEncounter | None = super().find(key)
        sighting = self.__parent__.row  # type: ignore[union-attr]
        return encounter if encounter and encounter.asset_group_sighting is sighting else None


class AssetGroupSightingResource(Item):
    """One reported sighting."""

    children = {
        "commit": Commitment,
        "detect": Detection,
        "sage_detected": DetectionAnswers,
        "encounter": PendingEncounters,
    }
    grants: ClassVar[tuple[Grant, ...]] = (
        Grant(SubmissionRole.RESEARCHER, ALL),
        Grant(SubmissionRole.OWNER, READ),
        Grant(SubmissionRole.VISITOR, READ),
        Grant(Role.ADMIN, ALL),
        Grant(Role.STAFF, ALL),
        Grant(Role.INTERNAL, ALL),
    )

    def local_roles(self, identity: Identity) -> Iterable[str]:
        """What the caller is to the submission that it is in."""
        return roles_in(self.row.asset_group, identity)

    def public_roles(self) -> Iterable[str]:
        """What everybody is to the submission that it is in."""
        return visitors_of(self.row.asset_group)


class PendingSightingResource(AssetGroupSightingResource):
    """One reported sighting in the shape of a sighting, for whoever is signed in."""

    children = {"encounter": PendingEncounters}
    grants = (
        *(
            grant
            for grant in AssetGroupSightingResource.grants
            if grant.role is not SubmissionRole.VISITOR
        ),
        Grant(SubmissionRole.SIGNED_IN_VISITOR, READ),
    )


class AssetGroupSightingInsight(Item):
    """What only those who look after the site need to know of a reported sighting."""

    grants = INSIGHT


class AssetGroupSightingPlaces(Collection):
    """Reported sightings under their guids, each with the owner of its submission."""

    model = AssetGroupSighting
    loading = (
        joinedload(AssetGroupSighting.asset_group, innerjoin=True).options(
            joinedload(AssetGroup.owner, innerjoin=True), joinedload(AssetGroup.submitter)
        ),
    )


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
