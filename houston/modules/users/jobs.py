"""The jobs of accounts."""

from houston.core.jobs import JobContext, job
from houston.core.mail import Mailer
from houston.modules.users.services import codes

SEND_RESET = "users.send_password_reset"


@job(SEND_RESET, secret=True, urgent=True)
def send_password_reset(context: JobContext, email: str) -> None:
    """Mail a code that sets a new password.

    The look-up of the account is not a part of the request, whose duration would tell whether there
    is one.
    """
    codes.send_password_reset(context.services[Mailer], context.db, email)
