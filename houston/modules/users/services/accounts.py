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
from houston.core.mail import Mailer
from houston.core.security.grants import Identity
from houston.core.security.passwords import Passwords
from houston.core.security.rate_limits import RateLimits
from houston.core.security.secrets import make_secret
from houston.core.security.sign_in import Place, place_of_caller
from houston.core.services import Services
from houston.domain.roles import roles_of
from houston.modules.fileuploads import services as fileuploads
from houston.modules.fileuploads.models import FileUpload
from houston.modules.users import events
from houston.modules.users.models import ACCOUNT, PUBLIC_EMAIL, ROLES, User, folded
from houston.modules.users.services.names import check_names, find_by_name, key_of, set_names

SENSITIVE = frozenset({"username", "email", "password", *ROLES})
"""The fields that are changed only with the password of the caller."""

MACHINE: dict[str, Any] = {
    "is_internal": True,
    "is_regular_user": False,
    "is_email_confirmed": True,
}
"""The columns of the accounts of programs."""

ASSIGNABLE = (*ROLES, "is_staff")
"""The roles that the console of the server assigns."""

INACTIVATED = "Inactivated User"
"""The name of deactivated accounts, by which clients recognize them."""

USERS = Listing(
    # The preferences are not shown, and take longer to read than all other columns.
    select(*(column for column in ACCOUNT if column.name != "notification_preferences")),
    key="id",
    sort=("id", "guid", "username", "email", "full_name", "created", "updated"),
    words=("username", "email", "full_name", "affiliation", "forum_id"),
    fields={
        name: User.__table__.c[name]
        for name in (*ROLES, "is_staff", "is_internal", "affiliation", "location", "forum_id")
    },
)


def count_users(db: Session) -> int:
    """Return the number of active accounts of people."""
    people = select(func.count()).select_from(User).where(User.is_active, ~User.is_internal)
    return db.scalar(people) or 0


def user_of(db: Session, caller: Identity) -> User:
    """Return the account of a caller."""
    return db.get_one(User, caller.account.id)


def identity_of(account: Any) -> Identity:
    """Return the identity of an account, or of its row, as if it had signed in."""
    return Identity(account, roles_of(account), scopes=None, carrier="", credential=account.guid)


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
    """Create an active account, or make one of a `former` account, which keeps its objects.

    The username is the e-mail by default. Without a password it is the account of a program, which
    uses OAuth2 clients.

    Raises:
        Conflict: The e-mail or the username is in use.
        Unprocessable: The password violates the policy, or the username looks like another e-mail.
    """
    user = _renewed(former) if former else User(password="")
    set_names(db, user, email, username)
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


def _renewed(user: User) -> User:
    """Return an account without what it was before its e-mail is proved again."""
    user.is_staff = user.is_internal = user.is_email_confirmed = False
    user.is_regular_user = True
    user.full_name = user.first_name = user.middle_name = user.last_name = ""
    return user


def find_deactivated(passwords: Passwords, db: Session, email: str) -> User | None:
    """Return the account that had this e-mail until it was deactivated."""
    return db.scalar(select(User).where(User.email_folded == _pseudonym(passwords, email)))


def find_unclaimed(db: Session, email: str) -> User | None:
    """Return the account of a visitor who has left this e-mail; it never had a password.

    The row is locked, so that only one of two simultaneous requests gets it.
    """
    unclaimed = (User.email_folded == key_of(email), User.password == "", ~User.is_internal)
    return db.scalar(select(User).where(*unclaimed).with_for_update())


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
    user.full_name = INACTIVATED
    user.first_name = user.middle_name = user.last_name = ""
    user.website = user.forum_id = user.twitter_username = None
    _remove_picture(db, user)
    user.is_active = user.is_email_confirmed = False
    user.password = passwords.hash(make_secret())
    db.flush()
    forget_person(db, user.guid)
    services[Events].publish(db, events.UserDeactivated(user))


def authenticate(
    services: Services, db: Session, name: str, password: str, *, place: Place
) -> User | None:
    """Return the user with this e-mail or username and password, active or not.

    An unknown name and a wrong password take the same time.

    Raises:
        TooManyRequests: There were too many failures, so that the caller has to wait.
    """
    name = key_of(name)
    limit, passwords = services[RateLimits].sign_in, services[Passwords]
    user = find_by_name(db, name)
    account, stored = (user.id, user.password) if user else (None, None)
    right = limit.verify(account, name, place, lambda: passwords.verify(stored, password))
    if user is None or not right:
        return None
    if passwords.is_outdated(user.password):
        user.password = passwords.hash(password)
    return user


def set_password(
    services: Services, db: Session, user: User, password: str, caller: Identity | None = None
) -> None:
    """Change the password of an account, which ends its credentials, except that of the caller.

    Raises:
        Unprocessable: The password violates the policy, or it is a machine account.
    """
    if user.is_internal:
        raise Unprocessable.about(
            "password", "A machine account has no password: it uses OAuth2 clients."
        )
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
    if role not in ASSIGNABLE:
        text = f"There is no role {role}: the roles are {', '.join(ASSIGNABLE)}."
        raise Unprocessable(messages={"role": [text]})
    if not held and role in ("is_admin", "is_active"):
        _check_not_last_administrator(db, user)
    setattr(user, role, held)
    if held and role == "is_active" and user.full_name == INACTIVATED:
        user.full_name = ""  # clients ask for a new one
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
    _rename(services, db, caller, user, change.values)
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
    """Check the password of the caller, which stands before what it guards."""
    tested = change.order.get("current_password")
    guarded = [change.order[name] for name in change.values.keys() & SENSITIVE]
    if guarded and (tested is None or min(guarded) < tested):
        raise Forbidden(
            "Updating sensitive user settings requires `current_password` test operation "
            "performed before replacements."
        )
    if tested is not None:
        check_password(services, db, caller, change.tested["current_password"])


def check_password(services: Services, db: Session, caller: Identity, password: str) -> None:
    """Check the password of the caller; failures count as failures to sign in do.

    Raises:
        Forbidden: It is wrong.
        TooManyRequests: There were too many failures.
    """
    account, place = caller.account.id, place_of_caller(caller, db.actor.address or "")
    stored = db.scalar(select(User.password).where(User.id == account))
    limit, passwords = services[RateLimits].sign_in, services[Passwords]
    if not limit.verify(account, "", place, lambda: passwords.verify(stored, password)):
        raise Forbidden("Wrong password", messages={"current_password": ["Wrong password"]})


def confirm_email(services: Services, db: Session, user: User, email: str) -> None:
    """Confirm the e-mail of an account; one that the user wants instead of it replaces it.

    Raises:
        Conflict: The new e-mail is in use meanwhile.
    """
    user.is_email_confirmed = True
    if folded(email) != user.email_folded:
        set_names(db, user, email, _following(user, email))
        db.flush()
        services[Events].publish(db, events.EmailChanged(user))


def can_be_mailed(services: Services, db: Session, email: str) -> bool:
    """Return whether mail can reach an address."""
    return not email.endswith("@localhost") and services[Mailer].delivers(services, db)


def _rename(
    services: Services, db: Session, caller: Identity, user: User, values: Mapping[str, Any]
) -> None:
    """Set e-mail and username; a username that equals the e-mail follows it.

    The confirmed e-mail of the caller stays until the new one is confirmed, so that a misspelt one
    does not lock them out.
    """
    if not values.keys() & {"email", "username"}:
        return
    _check_not_public_user(user)
    email = values.get("email", user.email)
    username = values.get("username", _following(user, email))
    changed = folded(email) != user.email_folded
    own = caller.account.id == user.id and user.is_email_confirmed
    if changed and own and can_be_mailed(services, db, email):
        check_names(db, user, email, _following(user, email))
        services[Events].publish(db, events.EmailRequested(user, email))
        set_names(db, user, user.email, values.get("username", user.username))
        return
    set_names(db, user, email, username)
    if changed:
        user.is_email_confirmed = not services[Mailer].delivers(services, db)
        services[Events].publish(db, events.EmailChanged(user))


def _following(user: User, email: str) -> str:
    """Return the username of an account once it has an e-mail."""
    return email if user.username == user.email else user.username


def _hash_password(passwords: Passwords, user: User, password: str) -> None:
    passwords.check_policy(password, user.username, user.email)
    user.password = passwords.hash(password)


def _pseudonym(passwords: Passwords, email: str) -> str:
    return f"{passwords.pseudonym(key_of(email))}@deactivated"


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
        raise Unprocessable.about("profile_fileupload_guid", f"The account has no picture {named}.")
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
