"""The addresses of merges in the tree: who may merge individuals, and who must consent."""

from collections.abc import Collection as CollectionOf
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from houston.core.errors import Forbidden
from houston.core.security.grants import (
    Caller,
    Grant,
    LocalRole,
    Permission,
    parameters_of,
    permitted,
    principals_of,
)
from houston.core.tree import Collection, Item, Resource, key_condition
from houston.domain.roles import Role
from houston.modules.individuals.models import (
    Individual,
    MergeRequest,
    MergeStakeholder,
    MergeState,
)
from houston.modules.individuals.resources import IndividualResource
from houston.modules.sightings.models import Encounter
from houston.modules.sightings.resources import EncounterResource
from houston.modules.users.models import is_public, owner_role

READ = (Permission.READ,)
CHOOSE_DEADLINE = (Permission.ADMINISTER,)

STAKEHOLDER = LocalRole(
    "the stakeholders, who own encounters of the individuals",
    MergeRequest,
    MergeRequest.stakeholders.any(MergeStakeholder.user_guid == Caller.guid),
)
REQUESTER = owner_role("the one who asks for the merge", MergeRequest, MergeRequest.requester_guid)


class Merging(Resource):
    """An address for those who may change one of the individuals that a request names."""

    closed = True

    def check(self, guids: CollectionOf[UUID]) -> None:
        """Check that the caller may change one of some individuals.

        Raises:
            Forbidden: They may change none.
        """
        identity = self.request.identity
        grants = IndividualResource.grants
        mine = permitted(grants, Permission.WRITE, principals_of(identity))
        statement = select(exists().where(Individual.guid.in_(guids), mine))
        if not self.request.db.scalar(statement, parameters_of(identity)):
            raise Forbidden("You may change none of these individuals.")


class MergeConflicts(Merging):
    """The comparison of individuals before they are merged."""

    grants = (Grant(Role.SIGNED_IN, READ),)


class MergeOfIndividual(Merging):
    """The merge of others into one individual. To administer it is to choose its deadline."""

    grants = (
        Grant(Role.SIGNED_IN, (Permission.WRITE,)),
        Grant(Role.STAFF, CHOOSE_DEADLINE),
        Grant(Role.INTERNAL, CHOOSE_DEADLINE),
    )

    def blocking_encounters(self, guids: CollectionOf[UUID]) -> list[UUID]:
        """The encounters of some individuals whose owners must consent.

        The caller may not change them, and the public did not report them.
        """
        identity = self.request.identity
        grants = EncounterResource.grants
        mine = permitted(grants, Permission.WRITE, principals_of(identity))
        blocking = ~or_(mine, is_public(Encounter.owner_guid))
        statement = select(Encounter.guid).where(Encounter.individual_guid.in_(guids), blocking)
        ordered = statement.order_by(Encounter.created, Encounter.guid)
        return list(self.request.db.scalars(ordered, parameters_of(identity)))


class MergeRequestResource(Item):
    """One request to merge individuals. To write is to vote."""

    grants = (
        Grant(STAKEHOLDER, (*READ, Permission.WRITE)),
        Grant(REQUESTER, READ),
        Grant(Role.ADMIN, READ),
        Grant(Role.STAFF, READ),
        Grant(Role.INTERNAL, READ),
    )


class MergeRequestCollection(Collection):
    """The requests to merge individuals; those that are completed or blocked are gone."""

    model = MergeRequest
    item = MergeRequestResource

    def condition(self, key: str) -> ColumnElement[bool] | None:
        """Return the condition of the request with this guid."""
        condition = key_condition(MergeRequest, key)
        is_open = MergeRequest.state.in_((MergeState.PENDING, MergeState.VOID))
        return None if condition is None else and_(condition, is_open)
