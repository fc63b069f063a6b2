"""The operations of account requests."""

from houston.core.api.queries import page_query
from houston.core.api.service import Service
from houston.core.errors import Conflict, TooManyRequests
from houston.core.http.request import Request
from houston.core.security.grants import Permission
from houston.core.security.recaptcha import check_recaptcha
from houston.modules.account_requests import schemas, services
from houston.modules.account_requests.models import AccountRequest
from houston.modules.site_settings.services import recaptcha

account_requests = Service("account_requests", "/account-requests")
account_request = Service("account_request", "/account-requests/{account_request}")
invitation = Service("account_invitation", "/account-requests/{account_request}/invitation")

DOCUMENT = schemas.AccountRequestSchema()
LATEST_FIRST = page_query(services.ACCOUNT_REQUESTS.sort, default="created", reverse=True)

account_requests.list(
    "list_account_requests",
    services.ACCOUNT_REQUESTS,
    DOCUMENT,
    "List the account requests, the latest first.",
    query=LATEST_FIRST,
)


@account_requests.post(Permission.CREATE, body=schemas.NewAccountRequestSchema(), returns=DOCUMENT)
def create_account_request(request: Request) -> AccountRequest:
    """Ask for an account.

    The response is the same if there is a request with the e-mail already, which stays as it is.
    """
    values = request.validated["body"]
    answer, use = values.pop("token") or "", recaptcha(request.services, request.db)
    if request.identity is None and use.secret:
        check_recaptcha(use, answer, "token")
    return services.create_account_request(request.services, request.db, **values)


@account_request.delete(Permission.DELETE)
def delete_account_request(request: Request) -> None:
    """Delete an account request."""
    services.remove(request.db, request.context.row)


@invitation.post(Permission.WRITE, errors=(Conflict, TooManyRequests))
def accept_account_request(request: Request) -> None:
    """Invite the person by mail to create an account, which removes their request."""
    services.invite(request.services, request.db, request.context.__parent__.row)
