"""The events of individuals, to which modules above subscribe."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class IndividualsDeleted:
    """Individuals are about to be deleted, with their names."""

    guids: Collection[UUID]
