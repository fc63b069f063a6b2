"""Requests to merge individuals: their making, the votes, and the deadline.

A request and its individuals are locked in this order before anything is decided, so that the last
vote, the deadline and other merges exclude each other.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import exists, select
from sqlalchemy.orm import selectinload

from houston.core.api.contributions import Subject
from houston.core.audit import Action, audit
from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.errors import ApiError, NotFound, Unprocessable
from houston.core.jobs import Jobs
from houston.core.services import Services
from houston.modules.individuals.merging import notices
from houston.modules.individuals.merging.merge import check_override, lock_individuals, merge
from houston.modules.individuals.models import (
    Individual,
    MergeRequest,
    MergeStakeholder,
    MergeState,
    Vote,
)
from houston.modules.sightings.models import Encounter
from houston.modules.site_settings.services import value
from houston.modules.users.models import PUBLIC_EMAIL, User

logger = logging.getLogger(__name__)

MERGE = "individuals.merge"
"""The job that merges at the deadline."""
DELAY = "individualMergeDefaultDelayDays"
"""The site setting with the days until the deadline."""
NOT_VALID = "Merge request content not valid"


@dataclass(frozen=True)
class Requested:
    """A new request.

    Attributes:
        request: The request.
        blocking: The encounters whose owners must consent.
    """

    request: MergeRequest
    blocking: Sequence[UUID]


@dataclass(frozen=True)
class Answer:
    """The outcome of a vote.

    Attributes:
        vote: The vote.
        state: The state of the request after it.
        votes_needed: The number of stakeholders who have not allowed the merge yet.
    """

    vote: Vote
    state: MergeState
    votes_needed: int


def request_merge(
    services: Services,
    db: Session,
    requester: User,
    individuals: Sequence[Individual],
    override: Mapping[str, Any],
    *,
    blocking: Sequence[UUID],
    delay: timedelta | None = None,
) -> Requested:
    """Ask the owners of encounters for their consent to a merge.

    The requester has allowed it, if they are one of them. The individuals are locked.

    Args:
        override: The values for the merged individual, as `merge` reads them.
        blocking: The encounters whose owners must consent.
        delay: The time until the deadline, if it is not that of the site.

    Raises:
        BadRequest: The site does not have the species, or a name does not fit.
    """
    check_override(services, db, individuals, override)
    guids = [each.guid for each in individuals]
    if delay is None:
        delay = timedelta(days=value(services, db, DELAY))
    now = utc_now()
    request = MergeRequest(
        guid=uuid4(),
        target_guid=guids[0],
        source_guids=[str(guid) for guid in guids[1:]],
        parameters={"override": dict(override)},
        checksum=checksum_of(db, guids),
        deadline=now + delay,
        requester_guid=requester.guid,
        stakeholders=[MergeStakeholder(user_guid=guid) for guid in _owners(db, guids)],
    )
    for stakeholder in request.stakeholders:
        if stakeholder.user_guid == requester.guid:
            stakeholder.vote, stakeholder.voted = Vote.ALLOW, now
    arguments = {"request": str(request.guid)}
    request.job_guid = services[Jobs].enqueue(db, MERGE, arguments, run_after=request.deadline)
    db.add(request)
    db.flush()
    parties = notices.parties_of(services, db, request, individuals)
    notices.notify_stakeholders(
        services, db, notices.REQUESTED, parties, requester, but=requester.guid
    )
    return Requested(request, blocking)


def check_valid(db: Session, request: MergeRequest) -> None:
    """Check that the individuals, their encounters and the owners are those of the request.

    Raises:
        Unprocessable: They have changed.
    """
    if request.state is MergeState.VOID or checksum_of(db, _guids(request)) != request.checksum:
        raise Unprocessable(NOT_VALID)


def vote(services: Services, db: Session, guid: UUID, voter: User, given: Vote) -> Answer:
    """Answer a request as one of its stakeholders; the last one to allow it merges.

    A request that is not valid any more becomes void, and the vote is not counted.

    Raises:
        NotFound: It was completed or blocked meanwhile.
    """
    request = _locked(db, guid)
    if request is None or request.state in (MergeState.COMPLETED, MergeState.BLOCKED):
        raise NotFound
    individuals = _valid_individuals(db, request)
    if individuals is None:
        _void(db, request, NOT_VALID)
    else:
        _count(services, db, request, individuals, voter, given)
    if request.state is not MergeState.PENDING and request.job_guid is not None:
        services[Jobs].cancel(db, request.job_guid)
    return Answer(given, request.state, _votes_needed(request))


def merge_at_deadline(services: Services, db: Session, guid: UUID) -> None:
    """Merge by a request whose deadline has passed, if it is still pending; repeating it is safe.

    A request that is not valid any more becomes void.
    """
    request = _locked(db, guid)
    if request is None or request.state is not MergeState.PENDING or request.deadline > utc_now():
        return
    individuals = _valid_individuals(db, request)
    if individuals is None:
        _void(db, request, NOT_VALID)
    else:
        _complete(services, db, request, individuals, request.requester)


def give_up(_services: Services, db: Session, arguments: Mapping[str, Any], error: str) -> None:
    """Make a request void whose job has failed at all attempts, or was cancelled."""
    request = _locked(db, UUID(arguments["request"]))
    if request is not None and request.state is MergeState.PENDING:
        _void(db, request, error)


HAS_PENDING = exists().where(
    MergeStakeholder.user_guid == Subject.guid,
    MergeStakeholder.merge_request_guid == MergeRequest.guid,
    MergeRequest.state == MergeState.PENDING,
)


def pending_requests(
    _services: Services, db: Session, accounts: Sequence[Any]
) -> list[Sequence[MergeRequest]]:
    """The pending requests of which each account is a stakeholder, the first deadline first."""
    return [
        db.scalars(
            select(MergeRequest)
            .where(
                MergeRequest.state == MergeState.PENDING,
                MergeRequest.stakeholders.any(MergeStakeholder.user_guid == account.guid),
            )
            .order_by(MergeRequest.deadline, MergeRequest.guid)
            .options(selectinload(MergeRequest.stakeholders))
        ).all()
        for account in accounts
    ]


def policies_of(services: Services, db: Session, requests: Sequence[Any]) -> list[int]:
    """The days until the deadline of a new request, for each request that is rendered."""
    days: int = value(services, db, DELAY)
    return [days for _ in requests]


def _count(
    services: Services,
    db: Session,
    request: MergeRequest,
    individuals: Sequence[Individual],
    voter: User,
    given: Vote,
) -> None:
    """Count a vote, and block the merge or do it if that is decided."""
    for stakeholder in request.stakeholders:
        if stakeholder.user_guid == voter.guid:
            stakeholder.vote, stakeholder.voted = given, utc_now()
    audit(db, Action.ACCESS, "MergeRequest", request.guid, message=f"vote: {given}")
    if given is Vote.BLOCK:
        parties = notices.parties_of(services, db, request, individuals)
        _end(db, request, MergeState.BLOCKED)
        notices.notify_stakeholders(services, db, notices.BLOCKED, parties, voter)
    elif not _votes_needed(request):
        _complete(services, db, request, individuals, voter)


def _complete(
    services: Services,
    db: Session,
    request: MergeRequest,
    individuals: Sequence[Individual],
    sender: User,
) -> None:
    """Merge with the values of the request; it becomes void if they do not fit any more."""
    parties = notices.parties_of(services, db, request, individuals)
    try:
        with db.begin_nested():
            merge(services, db, sender.guid, individuals, request.parameters["override"])
    except ApiError as error:
        _void(db, request, str(error))
        return
    _end(db, request, MergeState.COMPLETED)
    notices.notify_stakeholders(services, db, notices.COMPLETED, parties, sender)


def _void(db: Session, request: MergeRequest, reason: str) -> None:
    if request.state is MergeState.PENDING:
        logger.warning("the merge request %s is void: %s", request.guid, reason)
        _end(db, request, MergeState.VOID)


def _end(db: Session, request: MergeRequest, state: MergeState) -> None:
    request.state = state
    db.flush()
    notices.resolve_requests(db, request)


def _locked(db: Session, guid: UUID) -> MergeRequest | None:
    return db.scalar(
        select(MergeRequest)
        .where(MergeRequest.guid == guid)
        .options(selectinload(MergeRequest.stakeholders))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _valid_individuals(db: Session, request: MergeRequest) -> list[Individual] | None:
    """The individuals of a request, locked; None if it is not valid any more."""
    if request.state is MergeState.VOID:
        return None
    target, *sources = _guids(request)
    try:
        individuals = lock_individuals(db, target, sources)
    except ApiError:
        return None
    return individuals if checksum_of(db, [target, *sources]) == request.checksum else None


def _guids(request: MergeRequest) -> list[UUID]:
    return [request.target_guid, *map(UUID, request.source_guids)]


def _votes_needed(request: MergeRequest) -> int:
    return sum(each.vote is not Vote.ALLOW for each in request.stakeholders)


def checksum_of(db: Session, guids: Sequence[UUID]) -> str:
    """The digest of individuals, their encounters and the owners of these, in any order."""
    statement = (
        select(Individual.guid, Encounter.guid, Encounter.owner_guid)
        .outerjoin(Encounter, Encounter.individual_guid == Individual.guid)
        .where(Individual.guid.in_(guids))
    )
    lines = sorted(" ".join(map(str, row)) for row in db.execute(statement))
    return sha256("\n".join(lines).encode()).hexdigest()


def _owners(db: Session, guids: Sequence[UUID]) -> Sequence[UUID]:
    """The owners of the encounters of individuals who are people: they can answer."""
    statement = (
        select(User.guid)
        .join(Encounter, Encounter.owner_guid == User.guid)
        .where(Encounter.individual_guid.in_(guids))
        .where(~User.is_internal, User.email_folded != PUBLIC_EMAIL)
        .distinct()
    )
    return db.scalars(statement).all()
