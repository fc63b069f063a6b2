"""The services of collaborations: requests, answers, and what managers decide."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select

from houston.core.api.contributions import Subject
from houston.core.api.listing import Listing
from houston.core.api.patch import Change, PatchAction
from houston.core.api.search.names import RelatedRows
from houston.core.db.models import lock
from houston.core.db.session import Session
from houston.core.errors import BadRequest
from houston.core.services import Services
from houston.modules.collaborations import notices
from houston.modules.collaborations.models import (
    Approval,
    Collaboration,
    CollaborationMember,
    Level,
)
from houston.modules.users.models import PUBLIC_EMAIL, User

MEMBER = CollaborationMember.__table__.c
COLLABORATIONS = Listing(
    select(*Collaboration.__table__.c),
    sort=("guid", "created", "updated"),
    words=("guid",),
    fields={
        "members": RelatedRows(
            Collaboration.members.any,
            {
                "guid": MEMBER.user_guid,
                "viewState": MEMBER.view_state,
                "exportState": MEMBER.export_state,
                "editState": MEMBER.edit_state,
            },
        )
    },
)
HAS_COLLABORATIONS = exists().where(MEMBER.user_guid == Subject.guid)

NEXT: dict[Approval, frozenset[Approval]] = {
    Approval.NOT_INITIATED: frozenset({Approval.PENDING, Approval.APPROVED}),
    Approval.PENDING: frozenset({Approval.APPROVED, Approval.DENIED}),
    Approval.APPROVED: frozenset({Approval.REVOKED}),
    Approval.DENIED: frozenset({Approval.APPROVED}),
    Approval.REVOKED: frozenset({Approval.APPROVED}),
}
"""The answers that may follow each answer."""
APPROVED = Level.VIEW, Approval.APPROVED


def collaborations_of(
    _services: Services, db: Session, accounts: Sequence[Any]
) -> list[Sequence[Collaboration]]:
    """The collaborations of each account, the first one first."""
    return [
        db.scalars(
            select(Collaboration)
            .where(Collaboration.members.any(MEMBER.user_guid == account.guid))
            .order_by(Collaboration.created, Collaboration.guid)
        ).all()
        for account in accounts
    ]


def request_collaboration(
    services: Services, db: Session, caller: User, user: UUID, second: UUID | None = None
) -> Collaboration:
    """Ask a user for a collaboration; with a second user, make one of the two as their manager.

    If there is one already, a member who asks again approves what they were asked for, and asks the
    other one again who has refused. That of others stays as it is.

    Raises:
        BadRequest: There is no such active user, or both are the same.
    """
    partners = _partners(db, caller, user, second)
    collaboration = _between(db, *partners)
    is_new = collaboration is None
    if collaboration is None:
        collaboration = _create(db, *partners)
    for own in _members(collaboration, caller.guid):
        _ask_for_view(services, db, own, caller)
    if is_new and caller not in partners and _give_as_manager(collaboration.members, *APPROVED):
        notices.tell_members(services, db, collaboration, *APPROVED, caller)
    return _changed(db, collaboration)


def request_level(
    services: Services, db: Session, caller: User, collaboration: Collaboration, level: Level
) -> Collaboration:
    """Ask the other member for a level; one who has refused is not asked again.

    Raises:
        NotFound: The collaboration was deleted meanwhile.
        BadRequest: The level before it is not in force.
    """
    lock(db, collaboration)
    if not collaboration.is_in_force(level.below[-1]):
        raise BadRequest(f"Unable to start {level} on unapproved collaboration")
    for member in collaboration.members:
        if member.user_guid == caller.guid:
            member.give(level, Approval.APPROVED)
        elif member.approval(level) in (Approval.NOT_INITIATED, Approval.PENDING):
            member.give(level, Approval.PENDING)
            notices.ask(services, db, member, level, caller)
    return _changed(db, collaboration)


def update_collaboration(
    services: Services, db: Session, caller: User, collaboration: Collaboration, change: Change
) -> Collaboration:
    """Give the answers of a patch in their order, all or none.

    Raises:
        NotFound: The collaboration was deleted meanwhile.
        BadRequest: An answer cannot follow the present one, or not for this caller.
    """
    lock(db, collaboration)
    for index, action in enumerate(change.actions):
        try:
            _decide(services, db, caller, collaboration, action)
        except BadRequest as error:
            raise BadRequest.about(str(index), error.message) from None
    return _changed(db, collaboration)


def delete_collaboration(db: Session, collaboration: Collaboration) -> None:
    """Delete a collaboration, which ends all access that it gives.

    Raises:
        NotFound: It was deleted meanwhile.
    """
    lock(db, collaboration)
    notices.resolve_all(db, collaboration)
    db.delete(collaboration)
    db.flush()


def _partners(db: Session, caller: User, user: UUID, second: UUID | None) -> tuple[User, User]:
    """The two users of a request, locked, so that two requests make one collaboration."""
    other = caller.guid if second is None else second
    guids = {user, other}
    if len(guids) == 1:
        raise BadRequest.about("user_guid", "A collaboration needs two different users.")
    locked = select(User).where(User.guid.in_(guids)).order_by(User.id).with_for_update()
    found = {each.guid: each for each in db.scalars(locked)}
    first = _collaborator(found.get(user), user, "user_guid", "User")
    if second is None:
        return first, caller
    return first, _collaborator(found.get(second), second, "second_user_guid", "Second user")


def _collaborator(user: User | None, guid: UUID, field: str, noun: str) -> User:
    if user is None:
        raise BadRequest.about(field, f"{noun} with guid {guid} not found")
    if user.is_internal or user.email_folded == PUBLIC_EMAIL:
        raise BadRequest.about(field, f"Not permitted to request a collaboration with {guid}")
    if not user.is_active:
        raise BadRequest.about(field, f"{noun} with guid {guid} is not active")
    return user


def _between(db: Session, first: User, second: User) -> Collaboration | None:
    both = MEMBER.user_guid == first.guid, MEMBER.partner_guid == second.guid
    found = select(Collaboration).where(Collaboration.members.any(both[0] & both[1]))
    return db.scalar(found.with_for_update())


def _create(db: Session, first: User, second: User) -> Collaboration:
    members = [
        CollaborationMember(user_guid=user.guid, partner_guid=partner.guid)
        for user, partner in ((first, second), (second, first))
    ]
    collaboration = Collaboration(members=sorted(members, key=lambda each: each.user_guid))
    db.add(collaboration)
    db.flush()
    return collaboration


def _ask_for_view(services: Services, db: Session, own: CollaborationMember, caller: User) -> None:
    """Approve the view of the own data, and ask the other member for theirs."""
    was_asked = own.view_state is Approval.PENDING
    own.give(*APPROVED)
    if was_asked:
        notices.tell_partner(services, db, own, Level.VIEW, caller)
    partner = own.partner
    if partner.view_state not in (Approval.APPROVED, Approval.PENDING):
        partner.give(Level.VIEW, Approval.PENDING)
        notices.ask(services, db, partner, Level.VIEW, caller)


def _decide(
    services: Services, db: Session, caller: User, collaboration: Collaboration, action: PatchAction
) -> None:
    """Give one answer: that of the caller or, as a manager, those of members."""
    level = Level(action.name.split("_")[-2])
    if isinstance(action.value, dict):
        answer, user = action.value["permission"], action.value["user_guid"]
        members = _managed(db, collaboration, user)
    else:
        answer, members = action.value, _members(collaboration, caller.guid)
    if not members:
        raise _unable(action.name, answer)
    if [member.user_guid for member in members] == [caller.guid]:
        if _give_own(members[0], level, answer):
            notices.tell_partner(services, db, members[0], level, caller)
    elif _give_as_manager(members, level, answer):
        notices.tell_members(services, db, collaboration, level, answer, caller)


def _members(collaboration: Collaboration, user: UUID) -> list[CollaborationMember]:
    return [member for member in collaboration.members if member.user_guid == user]


def _managed(
    db: Session, collaboration: Collaboration, user: UUID | None
) -> list[CollaborationMember]:
    """The members for whom a manager answers; none for a user who is not a member."""
    if user is None:
        return collaboration.members
    if not db.scalar(select(exists().where(User.guid == user))):
        raise BadRequest(f"User for {user} not found")
    return _members(collaboration, user)


def _give_own(member: CollaborationMember, level: Level, answer: Approval) -> bool:
    """Set the answer of a member themselves; return whether it was another one."""
    needed = level.below[-1:] if answer is Approval.APPROVED else ()
    is_possible = all(map(member.collaboration.is_in_force, needed))
    if not (is_possible and _may_follow(member.approval(level), answer)):
        raise _unable(f"{level}_permission", answer)
    return _give(member, level, answer)


def _give_as_manager(
    members: Sequence[CollaborationMember], level: Level, answer: Approval
) -> bool:
    """Set the answers of members; those that approve a level approve the levels that it needs."""
    for member in members:
        if not _may_follow(member.approval(level), answer):
            raise BadRequest(f"Not permitted to move user {member.user_guid} to state {answer}")
    changed = [member for member in members if _give(member, level, answer)]
    if answer is Approval.APPROVED:
        for member in changed:
            for needed in level.below:
                member.give(needed, answer)
    return bool(changed)


def _give(member: CollaborationMember, level: Level, answer: Approval) -> bool:
    """Set an answer; one who revokes a level revokes those that need it."""
    if member.approval(level) is answer:
        return False
    member.give(level, answer)
    if answer is Approval.REVOKED:
        for above in level.above:
            if member.approval(above) is Approval.APPROVED:
                member.give(above, answer)
    return True


def _may_follow(before: Approval, after: Approval) -> bool:
    return before is after or after in NEXT[before]


def _unable(path: str, answer: Approval) -> BadRequest:
    return BadRequest(f"unable to set /{path} to {answer}")


def _changed(db: Session, collaboration: Collaboration) -> Collaboration:
    """Finish a change: the requests that it answers are resolved."""
    db.flush()
    notices.resolve_answered(db, collaboration)
    return collaboration
