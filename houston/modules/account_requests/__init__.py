"""Account requests: what people without an account tell those who may give them one.

Anyone asks. User managers and administrators read the requests, and answer by an invitation or by
deleting the request. An invitation removes it, and so does an account with its e-mail. A second
request with the e-mail of an open one is not kept, and gets the same response: nobody learns who
has asked.

User managers and administrators are notified. The web client has a page for the requests, while its
list of notifications shows kinds that it does not know without text, and fails when they are
opened. The kind therefore names that page: unless users choose otherwise, it is not in their list,
and it is mailed to those who have all mail of notifications on. The mail has no word of the
stranger.
"""

from typing import Any

REQUIRES = ("users", "notifications", "site_settings")


def includeme(config: Any) -> None:
    """Add the branch `account-requests` and the notification."""
    from houston.modules.account_requests import services
    from houston.modules.account_requests.resources import AccountRequestCollection
    from houston.modules.users.events import UserCreated

    config.add_notification_kind(services.KIND, services.NOTICE)
    config.add_event_subscriber(UserCreated, services.remove_fulfilled)
    config.add_branch("account-requests", AccountRequestCollection)
    config.scan(".views")
