"""What is done by a code that was mailed: confirming an address, a new password, an invitation."""

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

LIFETIMES = {
    CodeKind.EMAIL: timedelta(days=7),
    CodeKind.RECOVER: timedelta(days=3),
    CodeKind.INVITE: timedelta(days=14),
}


def send_verification(mailer: Mailer, db: Session, user: User) -> None:
    """Mail a code that confirms the address; nothing is sent to what no mail can reach."""
    if user.is_email_confirmed or user.email.endswith("@localhost"):
        return
    code = _issue(db, CodeKind.EMAIL, user.email, user)
    _mail(mailer, db, "verify", user.email, code, user)


def send_password_reset(mailer: Mailer, db: Session, email: str) -> None:
    """Mail a code that sets a new password, if there is an active account of a person."""
    user = db.scalar(
        select(User).where(
            User.email_folded == folded(email), User.is_active, User.is_internal.is_(False)
        )
    )
    if user is not None:
        code = _issue(db, CodeKind.RECOVER, user.email, user)
        _mail(mailer, db, "reset", user.email, code, user)


def invite(mailer: Mailer, db: Session, email: str) -> None:
    """Mail a code with which somebody may make an account."""
    _mail(mailer, db, "invite", email, _issue(db, CodeKind.INVITE, email), None)


def find_code(db: Session, text: str) -> Code:
    """The code that was mailed as this text; raises NotFound for an unknown one."""
    code = db.scalar(select(Code).where(Code.digest == digest_of(_normal(text))))
    if code is None:
        raise NotFound(f"Code '{text[:100]}' not found")
    return code


def use_code(services: Services, db: Session, code: Code, password: str = "") -> str:
    """Confirm an address, or set a new password; returns a sentence about it.

    Raises NotFound for an invitation, which is for signing up; BadRequest for a code that is used
    or expired, and without a password where one is needed; Unprocessable for a bad password, with
    the code still good.
    """
    if code.kind == CodeKind.EMAIL:
        _confirm_email(db, code)
        return "Email successfully verified."
    if code.kind == CodeKind.RECOVER:
        if not password:
            raise BadRequest("Empty password not allowed")
        _reset_password(services, db, code, password)
        return "Password successfully set."
    raise NotFound(f"Unrecognized code type: {CodeKind(code.kind).value}")


def accept_invitation(db: Session, text: str, email: str) -> None:
    """Use an invitation that was sent to `email`; raises Unprocessable for one that is not good."""
    try:
        code = find_code(db, text)
        if code.kind != CodeKind.INVITE:
            raise NotFound(f"Code '{text[:100]}' not found")
        _mark_used(db, code)
    except (NotFound, BadRequest) as error:
        raise Unprocessable(messages={"invitation": [error.message]}) from None
    if folded(code.email) != folded(email):
        wrong = "The invitation is for another e-mail address."
        raise Unprocessable(messages={"invitation": [wrong]})


def _confirm_email(db: Session, code: Code) -> None:
    """An address that the account no longer has is not confirmed."""
    _mark_used(db, code)
    if folded(code.email) != code.owner.email_folded:
        raise BadRequest("Code has expired")
    code.owner.is_email_confirmed = True


def _reset_password(services: Services, db: Session, code: Code, password: str) -> None:
    """The mail that was read also proves the address."""
    _mark_used(db, code)
    user = code.owner
    if not user.is_active or folded(code.email) != user.email_folded:
        raise BadRequest("Code has expired")
    set_password(services, db, user, password)
    user.is_email_confirmed = True


def forget_codes(_services: Services, db: Session, event: UserDeactivated) -> None:
    """Codes name the address that they were sent to, which is to be forgotten."""
    db.execute(delete(Code).where(Code.user_id == event.user.id))


def forget_resets(_services: Services, db: Session, event: PasswordChanged) -> None:
    """A mail that was asked for before must not set the next password, too."""
    old = (Code.user_id == event.user.id, Code.kind == CodeKind.RECOVER, Code.used.is_(None))
    db.execute(delete(Code).where(*old))


def _issue(db: Session, kind: CodeKind, email: str, user: User | None = None) -> str:
    """A new code, which takes the place of those before it."""
    db.execute(delete(Code).where(Code.kind == kind, Code.email == email, Code.used.is_(None)))
    code = make_code()
    db.add(
        Code(
            kind=kind,
            user_id=user.id if user else None,
            email=email,
            digest=digest_of(code),
            expires=utc_now() + LIFETIMES[kind],
        )
    )
    db.flush()
    return code


def _mark_used(db: Session, code: Code) -> None:
    """Use the code; of two that show it at once, one is told that it is used.

    Raises BadRequest for one that is used or expired.
    """
    now = utc_now()
    if code.expires <= now:
        raise BadRequest("Code has expired")
    unused = update(Code).where(Code.guid == code.guid, Code.used.is_(None)).values(used=now)
    if db.execute(unused).rowcount == 0:  # type: ignore[attr-defined]
        raise BadRequest("Code already used")


def _normal(code: str) -> str:
    """Mail programs and people add blanks and change case."""
    return "".join(letter for letter in code.upper() if letter in "0123456789ABCDEF")


def _mail(mailer: Mailer, db: Session, name: str, to: str, code: str, user: User | None) -> None:
    template, owner = f"users/mail/{name}", user.guid if user else None
    mailer.send(db, to=to, template=template, values={"code": code}, owner=owner)
