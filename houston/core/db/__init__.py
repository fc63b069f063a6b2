"""The database: engine, sessions, column types, and the transaction around each request."""

from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.tweens import EXCVIEW

from houston.core.db.engine import make_engine
from houston.core.db.session import Database
from houston.core.services import services_of
from houston.core.settings import Settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def commit_veto(request: Request, response: Response) -> bool:
    """Return whether to roll back: the changes of a request that failed are not kept.

    A refusal that has to be remembered, such as that of a stolen token, says so by `keep_changes`.
    """
    return response.status_int >= 400 and not request.keep_changes


def needs_transaction(request: Any) -> bool:
    """Return whether a request may write; otherwise its session is only closed."""
    return request.method not in SAFE_METHODS


def includeme(config: Any) -> None:
    """Make the engine and the session factories, and put a transaction around each request."""
    services = services_of(config)
    settings = services[Settings]
    url, pool_size = settings["houston.database.url"], settings["houston.database.pool_size"]
    services.add(Database(make_engine(url, pool_size=pool_size)))
    hooks: dict[str, Any] = {"tm.activate_hook": needs_transaction, "tm.commit_veto": commit_veto}
    config.add_settings(hooks | {"tm.annotate_user": False})
    # The tween alone: `request.tm` is on our own request class.
    config.add_tween("pyramid_tm.tm_tween_factory", over=EXCVIEW)
