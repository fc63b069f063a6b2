"""Cascades: what is deleted with encounters, as neither sightings nor individuals exist without.

The caller confirms each kind of deletion by a header. Without it nothing is deleted, and the
refusal has the guids. Assets are never deleted, and annotations remain without an encounter.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar, NamedTuple
from uuid import UUID

from colander import drop
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload, selectinload

from houston.core.db.models import lock
from houston.core.db.session import Session
from houston.core.errors import BadRequest, Conflict, NotFound
from houston.core.events import Events
from houston.core.schema.nodes import Guid
from houston.core.services import Services
from houston.modules.asset_groups.events import AssetGroupSightingsDeleted
from houston.modules.sightings.events import IndividualsLeft
from houston.modules.sightings.models import Encounter, Sighting

ALLOW_INDIVIDUALS, ALLOW_SIGHTING = (
    "x-allow-delete-cascade-individual",
    "x-allow-delete-cascade-sighting",
)
CONFIRMING_INDIVIDUALS = {
    ALLOW_INDIVIDUALS: "`true` allows to delete the individuals that have no other encounters."
}
CONFIRMING = {
    ALLOW_SIGHTING: "`true` allows to delete the sighting with its last encounter.",
    **CONFIRMING_INDIVIDUALS,
}
"""The headers of requests, with their descriptions."""
TELLING = {
    "x-deletedSighting-guid": "The sighting, if it was deleted; empty otherwise.",
    "x-deletedIndividual-guids": "The individuals that were deleted, separated by commas.",
}
"""The headers of responses, with their descriptions."""
OWNED = (
    selectinload(Sighting.encounters),
    joinedload(Sighting.asset_group_sighting),
    joinedload(Sighting.progress_identification),
)
"""What is deleted with a sighting, and the asset group sighting that refers to it."""


class CascadeRefused(BadRequest):
    """More than the caller has allowed would be deleted; a header of the request allows it."""

    members: ClassVar = (
        Guid(
            name="vulnerableIndividualGuid",
            nullable=True,
            missing=drop,
            description="The first individual that would have no encounters.",
        ),
        Guid(
            name="vulnerableSightingGuid",
            nullable=True,
            missing=drop,
            description="The sighting, if it would have no encounters.",
        ),
    )


class Confirmed(NamedTuple):
    """What the caller allows to be deleted with encounters."""

    individuals: bool = False
    sighting: bool = False

    @classmethod
    def by(cls, headers: Mapping[str, str]) -> "Confirmed":
        """What the headers of a request allow."""
        names = ALLOW_INDIVIDUALS, ALLOW_SIGHTING
        return cls(*(headers.get(name, "").strip().lower() == "true" for name in names))


class Deleted(NamedTuple):
    """What was deleted with encounters."""

    sighting: UUID | None = None
    individuals: Sequence[UUID] = ()

    @property
    def headers(self) -> dict[str, str]:
        """The headers of a response that tell it."""
        values = str(self.sighting or ""), ", ".join(map(str, self.individuals))
        return dict(zip(TELLING, values, strict=True))


def delete_sighting(
    services: Services, db: Session, sighting: Sighting, confirmed: Confirmed
) -> Deleted:
    """Delete a sighting with its encounters, and the individuals that have no others.

    Raises:
        NotFound: It was deleted meanwhile.
        CascadeRefused: The caller has not allowed to delete individuals.
    """
    guid = sighting.guid
    lock(db, sighting)
    individuals = _left(db, Encounter.sighting_guid == guid)
    if individuals and not confirmed.individuals:
        raise _refused("Delete", individuals[0], None)
    _delete(db, Sighting.guid == guid)
    return _told(services, db, Deleted(guid, individuals))


def delete_encounter(
    services: Services, db: Session, encounter: Encounter, confirmed: Confirmed
) -> Deleted:
    """Delete an encounter, its sighting and its individual, if these have no others.

    Raises:
        NotFound: It was deleted meanwhile.
        CascadeRefused: The caller has not allowed to delete the sighting or the individual.
    """
    guid = encounter.guid
    sighting = db.get(Sighting, encounter.sighting_guid, with_for_update=True)
    if sighting is None or guid not in [each.guid for each in sighting.encounters]:
        raise NotFound
    return remove_encounters(services, db, sighting, [guid], confirmed, deed="Delete")


def remove_encounters(
    services: Services,
    db: Session,
    sighting: Sighting,
    guids: Collection[UUID],
    confirmed: Confirmed,
    *,
    deed: str = "Remove",
) -> Deleted:
    """Delete some encounters of a locked sighting; the last ones with the sighting.

    Args:
        services: The parts of the application.
        db: The session.
        sighting: The sighting, which is locked.
        guids: The guids of the encounters.
        confirmed: What may be deleted with them.
        deed: The first word of a refusal.

    Raises:
        Conflict: The sighting does not have one of the encounters.
        CascadeRefused: The caller has not allowed to delete the sighting or the individuals.
    """
    removed = [encounter for encounter in sighting.encounters if encounter.guid in guids]
    for guid in set(guids) - {encounter.guid for encounter in removed}:
        raise Conflict.about("encounters", f"Sighting {sighting.guid} has no encounter {guid}.")
    individuals = _left(db, Encounter.guid.in_(guids))
    vulnerable = sighting.guid if len(removed) == len(sighting.encounters) else None
    is_refused = individuals and not confirmed.individuals
    if is_refused or (vulnerable and not confirmed.sighting):
        refused = None if confirmed.sighting else vulnerable
        raise _refused(deed, individuals[0] if is_refused else None, refused)
    if vulnerable:
        _delete(db, Sighting.guid == sighting.guid)
    else:
        for encounter in removed:
            sighting.encounters.remove(encounter)
        db.flush()
    return _told(services, db, Deleted(vulnerable, individuals))


def delete_with_origins(services: Services, db: Session, event: AssetGroupSightingsDeleted) -> None:
    """Delete the sightings of asset group sightings, and the individuals that are left."""
    committed = Sighting.asset_group_sighting.has(event.which)
    # Other changes lock sightings before encounters: the opposite order could deadlock.
    db.execute(select(Sighting.guid).where(committed).order_by(Sighting.guid).with_for_update())
    individuals = _left(db, Encounter.sighting.has(committed))
    _delete(db, committed)
    _told(services, db, Deleted(None, individuals))


def delete_empty(db: Session) -> None:
    """Delete all sightings without encounters."""
    _delete(db, ~Sighting.encounters.any())


def _left(db: Session, removed: ColumnElement[bool]) -> list[UUID]:
    """The individuals of which all encounters meet a condition.

    Their encounters are locked: of two concurrent removals of the last two encounters of an
    individual, the second waits, and then sees that it has no others. So are all that are removed,
    in the order in which changes of individuals lock them.
    """
    individual = Encounter.individual_guid
    of_individuals = individual.in_(select(individual).where(removed))
    own = select(Encounter.guid).where(or_(removed, of_individuals)).order_by(Encounter.guid)
    if not db.execute(own.with_for_update()).all():
        return []
    kept = select(individual).where(of_individuals, ~removed)
    left = select(individual).where(removed, individual.is_not(None), individual.not_in(kept))
    return [guid for guid in db.scalars(left.distinct().order_by(individual)) if guid]


def _refused(deed: str, individual: UUID | None, sighting: UUID | None) -> CascadeRefused:
    return CascadeRefused(
        f"{deed} failed because it would cause a delete cascade",
        vulnerableIndividualGuid=individual,
        vulnerableSightingGuid=sighting,
    )


def _delete(db: Session, which: ColumnElement[bool]) -> None:
    """Delete the sightings of a condition with their encounters, which the audit log has all."""
    found = select(Sighting).where(which).options(*OWNED).order_by(Sighting.guid)
    for sighting in db.scalars(found.with_for_update(of=Sighting)).all():
        if origin := sighting.asset_group_sighting:
            # Both at once: PostgreSQL locks the asset group at a second change of the row.
            origin.sighting_guid = origin.progress_identification_guid = None
        db.delete(sighting)
    db.flush()


def _told(services: Services, db: Session, deleted: Deleted) -> Deleted:
    """Let the module of individuals delete those that are left."""
    if deleted.individuals:
        services[Events].publish(db, IndividualsLeft(deleted.individuals))
    return deleted
