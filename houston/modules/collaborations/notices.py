"""The notifications of collaborations."""

from collections.abc import Mapping
from typing import Any

from houston.core.db.session import Session
from houston.core.services import Services
from houston.modules.collaborations.models import (
    LEVELS,
    Approval,
    Collaboration,
    CollaborationMember,
    Level,
)
from houston.modules.notifications.kinds import Kind
from houston.modules.notifications.services import notify, resolve
from houston.modules.users.models import User

WORDS = {Approval.APPROVED: "approved", Approval.DENIED: "denied", Approval.REVOKED: "revoke"}
"""The answers of which others are notified, as the names of kinds have them."""
CREATED = "collaboration_manager_create"
VERBS = {Level.VIEW: "see", Level.EXPORT: "export", Level.EDIT: "edit"}
MANAGER, BOTH = "{manager_name}", "{user1_name} and {user2_name}"


def request_kind(level: Level) -> str:
    """The kind of the notifications that ask for a level."""
    return f"collaboration_{_part(level)}request"


def answer_kind(level: Level, answer: Approval) -> str:
    """The kind of the notifications about the answer of a member."""
    return f"collaboration_{_part(level)}{WORDS[answer]}"


def manager_kind(level: Level, answer: Approval) -> str:
    """The kind of the notifications about the answer that a manager gives."""
    if level is Level.VIEW and answer is Approval.APPROVED:
        return CREATED
    return f"collaboration_manager_{_part(level)}{WORDS[answer]}"


def ask(
    services: Services, db: Session, member: CollaborationMember, level: Level, sender: User
) -> None:
    """Ask a member for a level; an earlier request is resolved by the new one."""
    kind, values = request_kind(level), _values(member.collaboration)
    resolve(db, [member.user_guid], [kind], _key(member.collaboration))
    notify(services, db, member.user, kind, values, sender=sender)


def tell_partner(
    services: Services, db: Session, member: CollaborationMember, level: Level, sender: User
) -> None:
    """Tell the other member what a member has answered."""
    answer = member.approval(level)
    if answer in WORDS:
        kind, values = answer_kind(level, answer), _values(member.collaboration)
        notify(services, db, member.partner.user, kind, values, sender=sender)


def tell_members(
    services: Services,
    db: Session,
    collaboration: Collaboration,
    level: Level,
    answer: Approval,
    manager: User,
) -> None:
    """Tell both members what a manager has answered."""
    if answer not in WORDS:
        return
    named = {"manager_name": manager.full_name, "manager_guid": str(manager.guid)}
    kind, values = manager_kind(level, answer), _values(collaboration) | named
    for member in collaboration.members:
        notify(services, db, member.user, kind, values, sender=manager)


def resolve_answered(db: Session, collaboration: Collaboration) -> None:
    """Resolve the requests to each member for the levels that they are not asked for any more."""
    for member in collaboration.members:
        answered = [each for each in LEVELS if member.approval(each) is not Approval.PENDING]
        kinds = [request_kind(level) for level in answered]
        resolve(db, [member.user_guid], kinds, _key(collaboration))


def resolve_all(db: Session, collaboration: Collaboration) -> None:
    """Resolve the requests to both members."""
    members = [member.user_guid for member in collaboration.members]
    resolve(db, members, map(request_kind, LEVELS), _key(collaboration))


def _part(level: Level) -> str:
    return "" if level is Level.VIEW else f"{level}_"


def _key(collaboration: Collaboration) -> dict[str, Any]:
    return {"collaboration_guid": str(collaboration.guid)}


def _values(collaboration: Collaboration) -> dict[str, Any]:
    """The values of notifications (contract A-09)."""
    named = {
        f"user{number}_{name}": str(getattr(member.user, attribute))
        for number, member in enumerate(collaboration.members, 1)
        for name, attribute in (("name", "full_name"), ("guid", "guid"))
    }
    return _key(collaboration) | named


def _kinds_of(level: Level) -> Mapping[str, Kind]:
    """The kinds of notifications about a level, with their sentences."""
    verb = VERBS[level]
    theirs, each_other = f"{verb} their data", f"{verb} each other's data"
    return {
        request_kind(level): Kind(f"{{sender_name}} would like to {verb} your data.", True),
        **{
            answer_kind(level, answer): Kind(f"{{sender_name}} {sentence}.")
            for answer, sentence in {
                Approval.APPROVED: f"lets you {theirs}",
                Approval.DENIED: f"does not let you {theirs}",
                Approval.REVOKED: f"lets you {theirs} no more",
            }.items()
        },
        **{
            manager_kind(level, answer): Kind(f"{MANAGER} {sentence}.")
            for answer, sentence in {
                Approval.APPROVED: f"lets {BOTH} {each_other}",
                Approval.DENIED: f"does not let {BOTH} {each_other}",
                Approval.REVOKED: f"lets {BOTH} {each_other} no more",
            }.items()
        },
    }


KINDS = {name: kind for level in LEVELS for name, kind in _kinds_of(level).items()}
"""The kinds of notifications, with their sentences (contract A-09, section 3)."""
