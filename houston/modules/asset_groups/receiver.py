"""Whoever keeps sightings: the module that takes over what is committed here."""

from collections.abc import Callable
from uuid import UUID

from pyramid.config import Configurator
from sqlalchemy.orm import Session

from houston.core.events import session_info
from houston.modules.asset_groups.models import AssetGroupSighting

Receiver = Callable[[Session, AssetGroupSighting], UUID]
RECEIVER_KEY = "sighting_receiver"


def set_sighting_receiver(config: Configurator, receiver: Receiver | str) -> None:
    """`config.set_sighting_receiver(make_sighting)`: take over what is committed.

    `receiver(db, asset_group_sighting)` makes a sighting of it in the same transaction and answers
    with its guid. It vetoes by raising.
    """
    info = session_info(config.registry)
    resolved = config.maybe_dotted(receiver)
    config.action("houston.sighting_receiver", info.__setitem__, args=(RECEIVER_KEY, resolved))


def receiver_of(db: Session) -> Receiver | None:
    """The receiver of this application, if it has one."""
    receiver: Receiver | None = db.info.get(RECEIVER_KEY)
    return receiver
