"""Making accounts, changing them, and taking them out of use."""

from collections.abc import Iterable, Set
from typing import Any

from sqlalchemy import func, select, update

from houston.core.api.listing import Listing
from houston.core.api.patch import Change
from houston.core.audit import forget_person
from houston.core.db.session import Session
from houston.core.errors import Conflict, Forbidden, Unprocessable
from houston.core.events import Events
from houston.core.security.identity import Identity
from houston.core.security.passwords import Passwords
from houston.core.security.secrets import make_secret
from houston.core.services import Services
from houston.modules.users.events import (
    EmailChanged,
    PasswordChanged,
    UserCreated,
    UserDeactivated,
)
from houston.modules.users.models import ACCOUNT, PUBLIC_EMAIL, ROLES, User, folded
from houston.modules.users.services.authentication import check_password
from houston.modules.users.services.pictures import change_picture, remove_picture

SENSITIVE = frozenset({"username", "email", "password", *ROLES})
NOBODY = "Inactivated User"
"""The name that clients know deactivated accounts by."""

USERS = Listing(
    # A list shows no preferences, and they would take longer to read than all else.
    select(*(column for column in ACCOUNT if column.name != "notification_preferences")),
    key="id",
    sort=("id", "guid", "username", "email", "full_name", "created", "updated"),
    words=("username", "email", "full_name", "affiliation", "forum_id"),
)


def count_users(db: Session) -> int:
    """How many people have, or had, an account; machines are not counted."""
    people = select(func.count()).select_from(User).where(User.is_internal.is_(False))
    return db.scalar(people) or 0


def create_user(
    services: Services,
    db: Session,
    *,
    email: str,
    password: str,
    username: str | None = None,
    roles: Iterable[str] = (),
    **values: Any,
) -> User:
    """Make an active account whose username is its e-mail unless another is given.

    Raises Conflict for a name that is in use, and Unprocessable for a bad password.
    """
    user = User(email=email, username=_username(username, email), **values)
    user.full_name = user.full_name or _joined_name(user)
    set_roles(user, roles)
    _check_names(db, user)
    passwords = services[Passwords]
    passwords.check_policy(password, user.username, user.email)
    user.password = passwords.hash(password)
    db.add(user)
    db.flush()
    services[Events].publish(db, UserCreated(user))
    return user


def create_machine_account(
    services: Services, db: Session, email: str, username: str | None = None
) -> User:
    """Make the account of a program: it has no password, and acts by its OAuth2 clients alone.

    Raises Conflict for a name that is in use.
    """
    account = User(
        email=email,
        username=_username(username, email),
        password="",
        is_internal=True,
        is_regular_user=False,
        is_email_confirmed=True,
    )
    _check_names(db, account)
    db.add(account)
    db.flush()
    services[Events].publish(db, UserCreated(account))
    return account


def reactivate_user(
    services: Services,
    db: Session,
    user: User,
    *,
    email: str,
    password: str,
    username: str | None = None,
    roles: Iterable[str] = (),
    **values: Any,
) -> User:
    """Give a deactivated account back its e-mail and a new password, with these roles alone."""
    user.email, user.username = email, _username(username, email)
    _check_names(db, user)
    for name, value in values.items():
        setattr(user, name, value)
    set_roles(user, roles)
    user.is_email_confirmed = False
    set_password(services, db, user, password)
    services[Events].publish(db, EmailChanged(user))
    return user


def deactivated_user(passwords: Passwords, db: Session, email: str) -> User | None:
    """The account that had this e-mail until it was deactivated."""
    return db.scalar(select(User).where(User.email_folded == _forgotten(passwords, email)))


def deactivate_user(services: Services, db: Session, caller: Identity, user: User) -> None:
    """Take an account out of use and forget whose it was; what it owns stays.

    Raises Conflict for the last administrator.
    """
    _guard_administrator(caller, user)
    _guard_last_administrator(db, user)
    passwords = services[Passwords]
    if not user.email.endswith("@deactivated"):
        user.email = _forgotten(passwords, user.email)
    user.username = f"deactivated-{user.guid}"
    user.full_name, user.first_name, user.middle_name, user.last_name = NOBODY, "", "", ""
    user.website = user.forum_id = user.twitter_username = None
    remove_picture(db, user)
    user.is_active = user.is_email_confirmed = False
    user.password = passwords.hash(make_secret())
    db.flush()
    forget_person(db, user.guid)
    services[Events].publish(db, UserDeactivated(user))


def set_password(
    services: Services, db: Session, user: User, password: str, caller: Identity | None = None
) -> None:
    """Give an account another password; what was opened with the old one is closed.

    The caller stays signed in when the account is his own.
    """
    passwords = services[Passwords]
    passwords.check_policy(password, user.username, user.email)
    user.password = passwords.hash(password)
    db.flush()
    own = caller is not None and caller.account.id == user.id
    kept = caller.credential if caller and own else None
    services[Events].publish(db, PasswordChanged(user, kept))


def set_roles(user: User, roles: Iterable[str]) -> None:
    """These roles and no others; the account can be used."""
    held = {"is_active", *roles}
    for role in ROLES:
        setattr(user, role, role in held)


def add_role(db: Session, user: User, role: str) -> None:
    """Give an account a role, such as `is_researcher`."""
    _check_role(role)
    setattr(user, role, True)
    db.flush()


def remove_role(events: Events, db: Session, user: User, role: str) -> None:
    """Take a role from an account; raises Conflict for the last administrator."""
    _check_role(role)
    if role in ("is_admin", "is_active"):
        _guard_last_administrator(db, user)
    setattr(user, role, False)
    db.flush()
    if role == "is_active":
        events.publish(db, UserDeactivated(user))


def update_user(
    services: Services, db: Session, caller: Identity, user: User, change: Change
) -> User:
    """Change an account as PATCH asks, all or nothing.

    Raises Forbidden without the password that sensitive changes need, or for roles unless the
    caller is an administrator; Conflict for a name in use and for the last administrator.
    """
    _check_proof(services, db, caller, change)
    values = dict(change.values)
    if values.keys() & SENSITIVE:
        _guard_administrator(caller, user)
    roles = {name: values.pop(name) for name in ROLES if name in values}
    if roles:
        _check_mayset_roles(caller, roles.keys())
    _rename(services[Events], db, user, values)
    password = values.pop("password", None)
    for name, value in values.items():
        setattr(user, name, value)
    for role, held in roles.items():
        if held:
            add_role(db, user, role)
        else:
            remove_role(services[Events], db, user, role)
    if password is not None:
        set_password(services, db, user, password, caller)
    for action in change.actions:
        change_picture(services, db, caller, user, action.value)
    db.flush()
    return user


def _check_proof(services: Services, db: Session, caller: Identity, change: Change) -> None:
    if "current_password" in change.tested:
        check_password(services, db, caller, change.tested["current_password"])
    elif change.values.keys() & SENSITIVE:
        raise Forbidden(
            "Updating sensitive user settings requires `current_password` test operation "
            "performed before replacements."
        )


def _check_mayset_roles(caller: Identity, roles: Set[str]) -> None:
    if not caller.account.is_admin:
        raise Forbidden(
            "Updating administrator-only user settings requires the logged in user to be an "
            "administrator",
            messages={role: ["For administrators only."] for role in sorted(roles)},
        )


def _rename(events: Events, db: Session, user: User, values: dict[str, Any]) -> None:
    """Set e-mail and username, which follows the e-mail where it was the same."""
    email, username = values.pop("email", None), values.pop("username", None)
    if email is None and username is None:
        return
    before = user.email_folded
    if email is not None:
        if username is None and user.username == user.email:
            username = email
        user.email = email
    user.username = _username(username or user.username, user.email)
    _check_names(db, user)
    if user.email_folded != before:
        user.is_email_confirmed = False
        events.publish(db, EmailChanged(user))


def _username(username: str | None, email: str) -> str:
    """Raises Unprocessable for one that could be taken for the e-mail of somebody else."""
    if username is None:
        return email
    if "@" in username and folded(username) != folded(email):
        text = "Must be the e-mail of the account if it has an @."
        raise Unprocessable(messages={"username": [text]})
    return username


def _check_names(db: Session, user: User) -> None:
    """Say which name is in use; the constraints of the table decide when two ask at once.

    That of the Public User is in use before there is one: whoever had it would own what he owns.
    """
    with db.no_autoflush:
        taken = db.execute(
            select(User.email_folded, User.username_folded).where(
                (User.email_folded == user.email_folded)
                | (User.username_folded == user.username_folded),
                User.id != (user.id or 0),
            )
        ).first()
    reserved = PUBLIC_EMAIL in (user.email_folded, user.username_folded)
    if taken is None and not reserved:
        return
    field = "email" if taken is None or taken.email_folded == user.email_folded else "username"
    named = {"email": "email address", "username": "username"}[field]
    text = f"The {named} is already in use."
    raise Conflict(text, messages={field: [text]})


def _joined_name(user: User) -> str:
    parts = (user.first_name, user.middle_name, user.last_name)
    return " ".join(part for part in parts if part)[:120]


def _forgotten(passwords: Passwords, email: str) -> str:
    return f"{passwords.pseudonym(folded(email))}@deactivated"


def _check_role(role: str) -> None:
    if role not in ROLES:
        text = f"There is no role {role}: the roles are {', '.join(ROLES)}."
        raise Unprocessable(messages={"role": [text]})


def _guard_administrator(caller: Identity, user: User) -> None:
    """User managers manage users, not the administrators above them."""
    own = caller.account.id == user.id
    if user.is_admin and not (own or caller.account.is_admin):
        raise Forbidden("Only administrators may do that to an administrator.")


def _guard_last_administrator(db: Session, user: User) -> None:
    """Lock the administrators, so that two who leave at once do not both think the other stays."""
    if not (user.is_admin and user.is_active):
        return
    active = User.is_admin.is_(True) & User.is_active.is_(True)
    db.execute(update(User).where(active).values(updated=User.updated))
    if db.scalar(select(func.count()).select_from(User).where(active)) == 1:
        raise Conflict("The last administrator cannot leave.")
