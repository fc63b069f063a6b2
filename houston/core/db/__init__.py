"""The database: engine, sessions, column types, and the transaction around each request."""

from typing import Any

from pyramid.tweens import EXCVIEW

from houston.core.db.engine import make_engine, writing
from houston.core.db.session import session_factories
from houston.core.settings import Settings


def includeme(config: Any) -> None:
    """Make the engine and the session factories, and put a transaction around each request."""
    settings: Settings = config.registry["houston.settings"]
    engine = make_engine(
        settings["houston.database.url"], pool_size=settings["houston.database.pool_size"]
    )
    config.registry["houston.db.engine"] = engine
    config.registry.update(session_factories(engine, writing(engine)))
    config.add_settings(
        {"tm.commit_veto": "houston.core.db.session.commit_veto", "tm.annotate_user": False}
    )
    # The tween alone: `request.tm` is on our own request class.
    config.add_tween("pyramid_tm.tm_tween_factory", over=EXCVIEW)
