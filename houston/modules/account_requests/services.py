"""The services of account requests: the list, new ones, and the answers."""

from uuid import uuid4

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from houston.core.api.listing import Listing
from houston.core.db.models import lock
from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.errors import Conflict
from houston.core.mail import Mailer
from houston.core.services import Services
from houston.modules.account_requests.models import AccountRequest
from houston.modules.notifications.kinds import Kind
from houston.modules.notifications.services import notify, resolve
from houston.modules.users.events import UserCreated
from houston.modules.users.models import CodeKind, User
from houston.modules.users.services import codes
from houston.modules.users.services.names import find_by_email

KIND = "account_request"
NOTICE = Kind("Somebody asks for an account.", is_request=True, page="/requests")

ACCOUNT_REQUESTS = Listing(
    select(*AccountRequest.__table__.c),
    sort=("created", "name", "email"),
    words=("name", "email", "message"),
)
MANAGERS = select(User).where(
    User.is_active, ~User.is_internal, or_(User.is_user_manager, User.is_admin)
)


def create_account_request(
    services: Services, db: Session, name: str, email: str, message: str | None
) -> AccountRequest:
    """Create an account request, unless there is one with the e-mail.

    Returns:
        A request with these values either way, so that callers do not learn of the other one.
    """
    request = AccountRequest(
        guid=uuid4(), created=utc_now(), name=name, email=email, message=message
    )
    try:
        with db.begin_nested():
            db.add(request)
    except IntegrityError:
        return request
    for manager in db.scalars(MANAGERS.order_by(User.id)):
        notify(services, db, manager, KIND, _values(request))
    return request


def invite(services: Services, db: Session, request: AccountRequest) -> None:
    """Mail an invitation to the person, and remove their request.

    Raises:
        NotFound: It was removed meanwhile.
        Conflict: There is an account with the e-mail.
        TooManyRequests: There were too many invitations to this address, or by this caller.
    """
    lock(db, request)
    user = find_by_email(db, request.email)
    if user is not None and (user.password or user.is_internal):
        raise Conflict.about("email", "There is an account with this e-mail.")
    mailer = services[Mailer]
    codes.check_limits(mailer, db, CodeKind.INVITE, request.email)
    codes.send_code(mailer, db, CodeKind.INVITE, request.email)
    remove(db, request)


def remove_fulfilled(_services: Services, db: Session, event: UserCreated) -> None:
    """Remove the request of a person who has an account now.

    The account of a visitor who has left an e-mail with a report is none that they can use.
    """
    own = select(AccountRequest).where(AccountRequest.email_folded == event.user.email_folded)
    if event.user.is_active:
        for request in db.scalars(own):
            remove(db, request)


def remove(db: Session, request: AccountRequest) -> None:
    """Remove a request, which resolves the notifications about it."""
    managers = [manager.guid for manager in db.scalars(MANAGERS)]
    resolve(db, managers, [KIND], _values(request))
    db.delete(request)
    db.flush()


def _values(request: AccountRequest) -> dict[str, str]:
    return {"account_request_guid": str(request.guid)}
