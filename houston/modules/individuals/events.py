"""The events of individuals, to which modules above subscribe."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from houston.modules.individuals.models import Individual


@dataclass(frozen=True)
class IndividualsDeleted:
    """Individuals are about to be deleted, with their names."""

    guids: Collection[UUID]


@dataclass(frozen=True)
class IndividualsMerged:
    """Individuals are merged into another one, and are deleted next.

    Subscribers give the target what they know about the sources; the rest is deleted with them.

    Attributes:
        target: The individual that remains.
        sources: The individuals that are deleted.
    """

    target: Individual
    sources: Sequence[Individual]
