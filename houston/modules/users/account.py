"""What of the caller's account every request has at hand, and modules add to.

The columns are read by the one statement that recognises the caller, so that `GET /users/me` needs
no other (docs/decisions/0003).
"""

from collections.abc import Callable
from typing import Any

from pyramid.config import Configurator
from sqlalchemy import ColumnElement

from houston.core.services import services_of


class AccountColumns(list[ColumnElement[Any]]):
    """The columns of the caller's account."""


def add_account_column(config: Configurator, name: str, column: ColumnElement[Any]) -> None:
    """`config.add_account_column("unread", …)`: let the caller's account have this, too.

    `column` is a scalar subquery about a row of the table of users. It is asked for at every
    request of somebody who is signed in, so let an index answer it.
    """
    columns = services_of(config)[AccountColumns]
    config.action(("houston.account_column", name), columns.append, args=(column.label(name),))


def added(name: str) -> Callable[[Any], Any]:
    """Reads such a column of the caller's account: an empty list where no module has added it."""
    return lambda account: getattr(account, name, [])
