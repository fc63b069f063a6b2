"""The events of asset groups, to which other modules subscribe."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement


@dataclass(frozen=True)
class AssetGroupSightingsDeleted:
    """Some asset group sightings are about to be deleted.

    Attributes:
        which: Their condition.
    """

    which: ColumnElement[bool]
