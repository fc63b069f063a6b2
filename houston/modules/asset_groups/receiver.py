"""Whoever keeps sightings: the module that takes over what is committed here."""

from collections.abc import Callable
from uuid import UUID

from pyramid.config import Configurator

from houston.core.db.session import Session
from houston.core.services import Services, services_of
from houston.modules.asset_groups.models import AssetGroupSighting

Receiver = Callable[[Session, AssetGroupSighting], UUID]


class Receivers:
    """The receiver of an application, if a module has set one."""

    receiver: Receiver | None = None


def set_sighting_receiver(config: Configurator, receiver: Receiver | str) -> None:
    """`config.set_sighting_receiver(make_sighting)`: take over what is committed.

    `receiver(db, asset_group_sighting)` makes a sighting of it in the same transaction and answers
    with its guid. It vetoes by raising.
    """
    resolved = config.maybe_dotted(receiver)
    receivers = services_of(config)[Receivers]
    config.action("houston.sighting_receiver", setattr, args=(receivers, "receiver", resolved))


def receiver_of(services: Services) -> Receiver | None:
    """The receiver of this application, if it has one."""
    return services[Receivers].receiver
