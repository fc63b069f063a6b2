"""Account requests."""

from factory import Sequence

from houston.modules.account_requests.models import AccountRequest
from tests.factories import RowFactory


class AccountRequestFactory(RowFactory):
    """A request of somebody without an account."""

    class Meta:
        model = AccountRequest

    name = Sequence(lambda number: f"Visitor {number}")
    email = Sequence(lambda number: f"visitor-{number}@example.org")
    message = "I have pictures of zebras."
