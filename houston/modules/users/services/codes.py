"""Mailed codes: confirmation of an e-mail address, a new password, and invitations."""

from datetime import timedelta

from sqlalchemy import delete, select, update

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.errors import BadRequest, Conflict, NotFound, Unprocessable
from houston.core.mail import Mailer
from houston.core.security.secrets import digest_of, make_code
from houston.core.services import Services
from houston.modules.users.events import (
    EmailChanged,
    EmailRequested,
    PasswordChanged,
    UserDeactivated,
)
from houston.modules.users.models import Code, CodeKind, User, folded
from houston.modules.users.services.accounts import can_be_mailed, confirm_email, set_password
from houston.modules.users.services.names import find_by_email

MAILS = {
    CodeKind.EMAIL: ("users/mail/verify", timedelta(days=7)),
    CodeKind.RECOVER: ("users/mail/reset", timedelta(days=3)),
    CodeKind.INVITE: ("users/mail/invite", timedelta(days=14)),
}
"""The template of the mail with a code, and how long the code is valid."""


def send_code(
    mailer: Mailer, db: Session, kind: CodeKind, email: str, user: User | None = None
) -> None:
    """Mail a new code, which replaces the unused ones of its kind for this address or user."""
    template, lifetime = MAILS[kind]
    user_id, owner = (user.id, user.guid) if user else (None, None)
    same = (
        Code.email == email if user is None else (Code.email == email) | (Code.user_id == user_id)
    )
    db.execute(delete(Code).where(Code.kind == kind, same, Code.used.is_(None)))
    code, expires = make_code(), utc_now() + lifetime
    db.add(Code(kind=kind, user_id=user_id, email=email, digest=digest_of(code), expires=expires))
    db.flush()
    mailer.send(db, to=email, template=template, values={"code": code}, owner=owner)


def send_verification(services: Services, db: Session, user: User) -> None:
    """Mail a code that confirms the address, if it is unconfirmed and mail can reach it."""
    if not user.is_email_confirmed and can_be_mailed(services, db, user.email):
        send_code(services[Mailer], db, CodeKind.EMAIL, user.email, user)


def check_limits(mailer: Mailer, db: Session, kind: CodeKind, email: str) -> None:
    """Check that a code would be mailed, for a caller who asks for it.

    Raises:
        TooManyRequests: There were too many to this address, or by this caller.
    """
    mailer.check_limits(db, to=email, template=MAILS[kind][0])


def follow_email(services: Services, db: Session, event: EmailChanged) -> None:
    """Delete the unused codes for former addresses, and confirm the new one."""
    db.execute(delete(Code).where(Code.user_id == event.user.id, Code.used.is_(None)))
    send_verification(services, db, event.user)


def confirm_request(services: Services, db: Session, event: EmailRequested) -> None:
    """Mail a code that confirms the address that a user wants.

    Raises:
        TooManyRequests: As of `check_limits`.
    """
    check_limits(services[Mailer], db, CodeKind.EMAIL, event.email)
    send_code(services[Mailer], db, CodeKind.EMAIL, event.email, event.user)


def send_password_reset(mailer: Mailer, db: Session, email: str) -> None:
    """Mail a code that sets a new password, if a person has an active account of this address."""
    user = find_by_email(db, email)
    if user is not None and user.is_active and not user.is_internal:
        send_code(mailer, db, CodeKind.RECOVER, user.email, user)


def find_code(db: Session, text: str, *kinds: CodeKind) -> Code:
    """Return the code with this text, of some kinds if given; blanks and case do not matter.

    Raises:
        NotFound: There is none.
    """
    digits = "".join(letter for letter in text.upper() if letter in "0123456789ABCDEF")
    code = db.scalar(select(Code).where(Code.digest == digest_of(digits)))
    if code is None or (kinds and code.kind not in kinds):
        raise NotFound(f"Code '{text[:100]}' not found")
    return code


def use_code(services: Services, db: Session, code: Code, password: str = "") -> str:
    """Confirm an address or set a new password, and return a sentence that says so.

    Raises:
        NotFound: The code is an invitation, which is used by signing up.
        BadRequest: The code is used or expired, or it needs a password.
        Unprocessable: The password violates the policy; the code stays valid.
    """
    if code.kind == CodeKind.INVITE:
        raise NotFound(f"Unrecognized code type: {CodeKind.INVITE.value}")
    is_reset = code.kind == CodeKind.RECOVER
    if is_reset and not password:
        raise BadRequest("Empty password not allowed")
    _mark_used(db, code)
    user = code.user
    # The account may be deactivated, or have another address since its password was forgotten.
    own = user and (folded(code.email) == user.email_folded and user.is_active)
    if user is None or (is_reset and not own):
        raise BadRequest("Code has expired")
    if not is_reset:
        try:
            confirm_email(services, db, user, code.email)
        except Conflict as taken:
            raise BadRequest(taken.message) from None
        return "Email successfully verified."
    user.is_email_confirmed = True
    set_password(services, db, user, password)
    return "Password successfully set."


def accept_invitation(db: Session, text: str, email: str) -> None:
    """Use an invitation to this address.

    Raises:
        Unprocessable: There is none, it is used or expired, or it is for another address.
    """
    try:
        code = find_code(db, text, CodeKind.INVITE)
        _mark_used(db, code)
    except (NotFound, BadRequest) as error:
        raise Unprocessable(messages={"invitation": [error.message]}) from None
    if folded(code.email) != folded(email):
        wrong = "The invitation is for another e-mail address."
        raise Unprocessable(messages={"invitation": [wrong]})


def delete_codes(_services: Services, db: Session, event: UserDeactivated) -> None:
    """Delete the codes of a deactivated account, since they contain its address."""
    db.execute(delete(Code).where(Code.user_id == event.user.id))


def delete_resets(_services: Services, db: Session, event: PasswordChanged) -> None:
    """Delete the unused codes that would set the next password as well."""
    old = (Code.user_id == event.user.id, Code.kind == CodeKind.RECOVER, Code.used.is_(None))
    db.execute(delete(Code).where(*old))


def _mark_used(db: Session, code: Code) -> None:
    """Use a code that is unused; of two simultaneous requests, one is refused."""
    now = utc_now()
    if code.expires <= now:
        raise BadRequest("Code has expired")
    unused = update(Code).where(Code.guid == code.guid, Code.used.is_(None)).values(used=now)
    if db.scalar(unused.returning(Code.guid)) is None:
        raise BadRequest("Code already used")
