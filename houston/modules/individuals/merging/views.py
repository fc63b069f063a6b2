"""The operations of merges."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from houston.core.api.operation import JSON, PartialView, malformed
from houston.core.api.service import Service
from houston.core.errors import BadRequest, Forbidden, NotFound, Unprocessable
from houston.core.http.request import Request
from houston.core.security.grants import Permission
from houston.core.settings import Settings
from houston.core.tree import FieldForbidden
from houston.modules.individuals.merging import merge as merging
from houston.modules.individuals.merging import requests, schemas
from houston.modules.individuals.models import MergeRequest, MergeState
from houston.modules.users.services.accounts import user_of

conflict_check = Service("merge_conflict_check", "/individuals/merge_conflict_check")
merges = Service("merges", "/individuals/{individual}/merge")
merge_request = Service("merge_request", "/individuals/merge_request/{merge_request}")

conflict_check.only_reads = True
MERGED, REQUESTED = schemas.MergedSchema(), schemas.MergeRequestedSchema()
DELAY = "parameters.deadline_delta_seconds"


@conflict_check.post(
    Permission.READ,
    body=schemas.INDIVIDUALS,
    consumes=(JSON,),
    returns=schemas.CONFLICTS,
    errors=(Forbidden, NotFound),
    refusal=malformed,
)
def check_merge_conflicts(request: Request) -> dict[str, Any]:
    """Compare individuals before they are merged: whatever conflicts must be chosen."""
    guids: list[UUID] = request.validated["body"]
    found = merging.conflicts(request.db, guids)
    request.context.check(guids)
    return found


@merges.post(
    Permission.WRITE,
    body=schemas.NewMergeSchema(),
    consumes=(JSON,),
    returns=schemas.MergeOutcomeSchema(),
    partial=(MERGED, REQUESTED),
    errors=(BadRequest, Forbidden, NotFound),
    refusal=malformed,
)
def merge_individuals(request: Request) -> PartialView:
    """Merge individuals into this one, or ask the owners of their encounters for their consent.

    Nobody is asked about encounters that the caller may change, or that the public reported. This
    individual keeps its sex and its species unless others are chosen, and it gets all names. The
    other individuals are deleted.
    """
    body, db = request.validated["body"], request.db
    override, delay = body["parameters"]["override"], _delay(request)
    individuals = merging.lock_individuals(
        db, request.context.__parent__.row.guid, body["fromIndividualIds"]
    )
    guids = [individual.guid for individual in individuals]
    request.context.check(guids)
    blocking = request.context.blocking_encounters(guids)
    services, caller = request.services, user_of(request.db, request.caller)
    if not blocking:
        merged = merging.merge(services, db, caller.guid, individuals, override)
        return PartialView(merged, MERGED)
    requested = requests.request_merge(
        services, db, caller, individuals, override, blocking=blocking, delay=delay
    )
    return PartialView(requested, REQUESTED)


@merge_request.get(Permission.READ, returns=schemas.MergeRequestSchema(), errors=(Unprocessable,))
def get_merge_request(request: Request) -> MergeRequest:
    """Read a request to merge individuals that is pending.

    It is refused if the individuals, their encounters or the owners have changed.
    """
    row: MergeRequest = request.context.row
    requests.check_valid(request.db, row)
    return row


@merge_request.post(
    Permission.WRITE,
    body=schemas.NewVoteSchema(),
    consumes=(JSON,),
    returns=schemas.VoteSchema(),
    errors=(NotFound, Unprocessable),
)
def vote_on_merge_request(request: Request) -> requests.Answer:
    """Allow a merge, or block it.

    The individuals are merged when all stakeholders have allowed it, and not at all when one of
    them blocks it. If the individuals have changed, the request is void.
    """
    vote, guid = request.validated["body"]["vote"], request.context.row.guid
    answer = requests.vote(
        request.services, request.db, guid, user_of(request.db, request.caller), vote
    )
    if answer.state is MergeState.VOID:
        request.keep_changes = True
        raise Unprocessable(requests.NOT_VALID)
    return answer


def _delay(request: Request) -> timedelta | None:
    """The time until the deadline that the caller has chosen; in tests anybody may do so."""
    seconds = request.validated["body"]["parameters"]["deadline_delta_seconds"]
    if seconds is None:
        return None
    allowed = request.has_permission(Permission.ADMINISTER)
    if not allowed and request.services[Settings]["houston.environment"] != "testing":
        raise FieldForbidden(DELAY, allowed)
    return timedelta(seconds=seconds)
