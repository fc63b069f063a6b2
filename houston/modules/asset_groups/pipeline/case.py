"""What guards look at, and what effects leave behind."""

from dataclasses import dataclass, field
from uuid import UUID

from houston.core.db.session import Session
from houston.modules.asset_groups.models import AssetGroupSighting


@dataclass
class Errands:
    """What is to be done, by jobs of their own, for the sightings that went on."""

    detect: list[UUID] = field(default_factory=list)
    commit: list[UUID] = field(default_factory=list)


@dataclass
class Case:
    """A reported sighting to which something happens.

    `assets` are those that the image analysis is to look at, `model` its detector, `obstacle` says
    why it cannot be asked at all, and `reason` why it has failed. Many cases may share `errands`.
    """

    db: Session
    sighting: AssetGroupSighting
    has_assets: bool = True
    assets: list[UUID] = field(default_factory=list)
    model: str | None = None
    obstacle: str | None = None
    reason: str = ""
    is_awaited: bool = False
    """Whether the image analysis still owes an answer."""
    errands: Errands = field(default_factory=Errands)
