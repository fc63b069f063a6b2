"""Mailed codes: confirmation of an e-mail address, a new password, and invitations."""

from datetime import timedelta

from sqlalchemy import delete, select, update

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.errors import BadRequest, NotFound, Unprocessable
from houston.core.mail import Mailer
from houston.core.security.secrets import digest_of, make_code
from houston.core.services import Services
from houston.modules.users.events import PasswordChanged, UserDeactivated
from houston.modules.users.models import Code, CodeKind, User, folded
from houston.modules.users.services.accounts import set_password

MAILS = {
    CodeKind.EMAIL: ("users/mail/verify", timedelta(days=7)),
    CodeKind.RECOVER: ("users/mail/reset", timedelta(days=3)),
    CodeKind.INVITE: ("users/mail/invite", timedelta(days=14)),
}
"""The template of the mail with a code, and how long the code is valid."""


def send_code(
    mailer: Mailer, db: Session, kind: CodeKind, email: str, user: User | None = None
) -> None:
    """Mail a new code, which replaces the unused ones of its kind for this address."""
    template, lifetime = MAILS[kind]
    db.execute(delete(Code).where(Code.kind == kind, Code.email == email, Code.used.is_(None)))
    code, expires = make_code(), utc_now() + lifetime
    user_id, owner = (user.id, user.guid) if user else (None, None)
    db.add(Code(kind=kind, user_id=user_id, email=email, digest=digest_of(code), expires=expires))
    db.flush()
    mailer.send(db, to=email, template=template, values={"code": code}, owner=owner)


def send_verification(mailer: Mailer, db: Session, user: User) -> None:
    """Mail a code that confirms the address, if it is unconfirmed and mail can reach it."""
    if not (user.is_email_confirmed or user.email.endswith("@localhost")):
        send_code(mailer, db, CodeKind.EMAIL, user.email, user)


def send_password_reset(mailer: Mailer, db: Session, email: str) -> None:
    """Mail a code that sets a new password, if a person has an active account of this address."""
    person = (User.email_folded == folded(email), User.is_active, User.is_internal.is_(False))
    user = db.scalar(select(User).where(*person))
    if user is not None:
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
    # The account may have another address now, or be deactivated.
    changed = user is None or folded(code.email) != user.email_folded
    if user is None or changed or (is_reset and not user.is_active):
        raise BadRequest("Code has expired")
    user.is_email_confirmed = True
    if not is_reset:
        return "Email successfully verified."
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
