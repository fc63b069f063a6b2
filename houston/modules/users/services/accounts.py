"""Accounts: creation, authentication, changes, and deactivation."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, select, update

from houston.core.api.listing import Listing
from houston.core.api.patch import Change
from houston.core.audit import forget_person
from houston.core.db.session import Session
from houston.core.errors import Conflict, Forbidden, Unprocessable
from houston.core.events import Events
from houston.core.security.grants import Identity
from houston.core.security.passwords import Passwords
from houston.core.security.rate_limits import RateLimits
from houston.core.security.secrets import digest_of, make_secret
from houston.core.services import Services
from houston.modules.fileuploads import services as fileuploads
from houston.modules.fileuploads.models import FileUpload
from houston.modules.users import events
from houston.modules.users.models import ACCOUNT, PUBLIC_EMAIL, ROLES, User, folded

SENSITIVE = frozenset({"username", "email", "password", *ROLES})
"""The fields that are changed only with the password of the caller."""

MACHINE: dict[str, Any] = {
    "is_internal": True,
    "is_regular_user": False,
    "is_email_confirmed": True,
}
"""The columns of the accounts of programs."""

USERS = Listing(
    # The preferences are not shown, and take longer to read than all other columns.
    select(*(column for column in ACCOUNT if column.name != "notification_preferences")),
    key="id",
    sort=("id", "guid", "username", "email", "full_name", "created", "updated"),
    words=("username", "email", "full_name", "affiliation", "forum_id"),
)


def count_users(db: Session) -> int:
    """Return the number of accounts of people, active or not."""
    people = select(func.count()).select_from(User).where(User.is_internal.is_(False))
    return db.scalar(people) or 0


def create_user(
    services: Services,
    db: Session,
    *,
    email: str,
    password: str | None = None,
    username: str | None = None,
    roles: Iterable[str] = (),
    former: User | None = None,
    **values: Any,
) -> User:
    """Create an active account, or reactivate a deactivated, `former` one.

    The username is the e-mail by default. Without a password it is the account of a program, which
    uses OAuth2 clients.

    Raises:
        Conflict: The e-mail or the username is in use.
        Unprocessable: The password violates the policy, or the username looks like another e-mail.
    """
    user = former or User(password="")
    user.is_staff = user.is_internal = False
    _set_names(db, user, email, username)
    for name, value in values.items():
        setattr(user, name, value)
    parts = (user.first_name, user.middle_name, user.last_name)
    user.full_name = user.full_name or " ".join(part for part in parts if part)[:120]
    set_roles(user, roles)
    if password is not None:
        _hash_password(services[Passwords], user, password)
    db.add(user)
    db.flush()
    services[Events].publish(db, events.UserCreated(user))
    return user


def find_deactivated(passwords: Passwords, db: Session, email: str) -> User | None:
    """Return the account that had this e-mail until it was deactivated."""
    return db.scalar(select(User).where(User.email_folded == _pseudonym(passwords, email)))


def deactivate_user(services: Services, db: Session, user: User) -> None:
    """Deactivate an account and forget the personal data; its objects stay.

    Raises:
        Conflict: It is the last administrator, or the Public User.
    """
    _check_not_public_user(user)
    _check_not_last_administrator(db, user)
    passwords = services[Passwords]
    if not user.email.endswith("@deactivated"):
        user.email = _pseudonym(passwords, user.email)
    user.username = f"deactivated-{user.guid}"
    user.full_name = "Inactivated User"  # by which clients recognize the account
    user.first_name = user.middle_name = user.last_name = ""
    user.website = user.forum_id = user.twitter_username = None
    _remove_picture(db, user)
    user.is_active = user.is_email_confirmed = False
    user.password = passwords.hash(make_secret())
    db.flush()
    forget_person(db, user.guid)
    services[Events].publish(db, events.UserDeactivated(user))


def authenticate(
    services: Services, db: Session, name: str, password: str, *, address: str
) -> User | None:
    """Return the user with this e-mail or username and password, active or not.

    An unknown name and a wrong password take the same time. Failures are counted by name and by
    network address.

    Raises:
        TooManyRequests: There were too many failures.
    """
    name = folded(name)
    limit, passwords = services[RateLimits].sign_in, services[Passwords]
    keys = (f"name:{digest_of(name)}", f"address:{address}")
    for key in keys:
        limit.check(key)
    named = (User.username_folded == name) | (User.email_folded == name)
    user = db.scalar(select(User).where(named))
    if not passwords.verify(user.password if user else None, password) or user is None:
        for key in keys:
            limit.hit(key)
        return None
    limit.clear(keys[0])
    if passwords.is_outdated(user.password):
        user.password = passwords.hash(password)
    return user


def set_password(
    services: Services, db: Session, user: User, password: str, caller: Identity | None = None
) -> None:
    """Change the password of an account, which ends its credentials, except that of the caller.

    Raises:
        Unprocessable: The password violates the policy.
    """
    _hash_password(services[Passwords], user, password)
    db.flush()
    kept = caller.credential if caller and caller.account.id == user.id else None
    services[Events].publish(db, events.PasswordChanged(user, kept))


def set_roles(user: User, roles: Iterable[str]) -> None:
    """Give an account these roles and no others, and activate it."""
    held = {"is_active", *roles}
    for role in ROLES:
        setattr(user, role, role in held)


def set_role(publisher: Events, db: Session, user: User, role: str, held: bool) -> None:
    """Give a role, such as `is_researcher`, to an account, or take it away.

    Raises:
        Unprocessable: There is no such role.
        Conflict: It is the last administrator.
    """
    if role not in ROLES:
        text = f"There is no role {role}: the roles are {', '.join(ROLES)}."
        raise Unprocessable(messages={"role": [text]})
    if not held and role in ("is_admin", "is_active"):
        _check_not_last_administrator(db, user)
    setattr(user, role, held)
    db.flush()
    if role == "is_active" and not held:
        publisher.publish(db, events.UserDeactivated(user))


def update_user(
    services: Services, db: Session, caller: Identity, user: User, change: Change
) -> User:
    """Change an account as a patch asks.

    Raises:
        Forbidden: A sensitive change lacks the password of the caller, or it is wrong.
        Conflict: A name is in use, or it is the last administrator or the Public User.
        Unprocessable: The password violates the policy, or the picture cannot be used.
    """
    _check_current_password(services, db, caller, change)
    _rename(services[Events], db, user, change.values)
    change.apply_to(user, but=SENSITIVE)
    for role in ROLES:
        if role in change.values:
            set_role(services[Events], db, user, role, change.values[role])
    if "password" in change.values:
        set_password(services, db, user, change.values["password"], caller)
    for action in change.actions:
        _change_picture(services, db, caller, user, action.value)
    db.flush()
    return user


def _check_current_password(
    services: Services, db: Session, caller: Identity, change: Change
) -> None:
    """Check the password of the caller; failures count as failures to sign in do."""
    if "current_password" not in change.tested:
        if change.values.keys() & SENSITIVE:
            raise Forbidden(
                "Updating sensitive user settings requires `current_password` test operation "
                "performed before replacements."
            )
        return
    key = f"name:{digest_of(folded(caller.account.username))}"
    limit = services[RateLimits].sign_in
    limit.check(key)
    stored = db.scalar(select(User.password).where(User.id == caller.account.id))
    if not services[Passwords].verify(stored, change.tested["current_password"]):
        limit.hit(key)
        raise Forbidden("Wrong password", messages={"current_password": ["Wrong password"]})


def _rename(publisher: Events, db: Session, user: User, values: Mapping[str, Any]) -> None:
    """Set e-mail and username; a username that equals the e-mail follows it."""
    if not values.keys() & {"email", "username"}:
        return
    _check_not_public_user(user)
    before, email = user.email_folded, values.get("email", user.email)
    default = email if user.username == user.email else user.username
    _set_names(db, user, email, values.get("username", default))
    if user.email_folded != before:
        user.is_email_confirmed = False
        publisher.publish(db, events.EmailChanged(user))


def _set_names(db: Session, user: User, email: str, username: str | None) -> None:
    """Set e-mail and username, and say which is in use.

    The constraints of the table decide between two simultaneous requests. The e-mail of the Public
    User is in use before the account exists: an account with it would own the objects of that user.
    """
    username = email if username is None else username
    if "@" in username and folded(username) != folded(email):
        text = "Must be the e-mail of the account if it has an @."
        raise Unprocessable(messages={"username": [text]})
    user.email, user.username = email, username
    names = (user.email_folded, user.username_folded)
    same = (User.email_folded == names[0]) | (User.username_folded == names[1])
    with db.no_autoflush:
        taken = db.scalar(select(User.email_folded).where(same, User.id != (user.id or 0)))
    if taken is None and PUBLIC_EMAIL not in names:
        return
    is_email = taken is None or taken == user.email_folded
    field, noun = ("email", "email address") if is_email else ("username", "username")
    text = f"The {noun} is already in use."
    raise Conflict(text, messages={field: [text]})


def _hash_password(passwords: Passwords, user: User, password: str) -> None:
    passwords.check_policy(password, user.username, user.email)
    user.password = passwords.hash(password)


def _pseudonym(passwords: Passwords, email: str) -> str:
    return f"{passwords.pseudonym(folded(email))}@deactivated"


def _check_not_public_user(user: User) -> None:
    if user.email_folded == PUBLIC_EMAIL:
        raise Conflict("The Public User owns the reports of visitors: it keeps its names.")


def _check_not_last_administrator(db: Session, user: User) -> None:
    """Lock the administrators, so that the last two cannot leave at once."""
    if not (user.is_admin and user.is_active):
        return
    active = User.is_admin.is_(True) & User.is_active.is_(True)
    db.execute(update(User).where(active).values(updated=User.updated))
    if db.scalar(select(func.count()).select_from(User).where(active)) == 1:
        raise Conflict("The last administrator cannot leave.")


def _change_picture(
    services: Services, db: Session, caller: Identity, user: User, requested: Any
) -> None:
    """Give an account another picture, a part of its picture, or with None no picture."""
    if requested is None:
        _remove_picture(db, user)
        return
    present, named = user.profile_fileupload_guid, requested.get("guid")
    if named is None:
        transaction, path = requested["transactionId"], requested.get("path")
        picture = fileuploads.import_picture(services, db, caller, transaction, path)
    elif named == present:
        picture = db.get_one(FileUpload, present)
    else:
        text = f"The account has no picture {named}."
        raise Unprocessable(text, messages={"profile_fileupload_guid": [text]})
    if "crop" in requested:
        whole = picture
        picture = fileuploads.crop_picture(services, db, whole, **requested["crop"])
        if whole.guid != present:
            fileuploads.delete_file_upload(db, whole.guid)
    if picture.guid != present:
        _remove_picture(db, user)
        user.profile_fileupload_guid = picture.guid


def _remove_picture(db: Session, user: User) -> None:
    guid, user.profile_fileupload_guid = user.profile_fileupload_guid, None
    if guid is not None:
        db.flush()
        fileuploads.delete_file_upload(db, guid)
