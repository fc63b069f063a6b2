"""The encounters of individuals: an individual has at least one.

The encounters of all individuals that a change concerns are locked first, in the order of their
guids, so that of two concurrent changes the second sees which encounters are left.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from houston.core.api.patch import PatchAction
from houston.core.audit import Action, audit
from houston.core.db.session import Session
from houston.core.errors import Conflict
from houston.core.services import Services
from houston.modules.individuals.models import Individual
from houston.modules.individuals.services.names import individuals_named
from houston.modules.sightings.events import SightingCommitted
from houston.modules.sightings.models import Encounter

FIELD = "encounters"
OF_INDIVIDUAL = Encounter.individual_guid


def lock_encounters(
    db: Session, guids: Collection[UUID], *individuals: UUID
) -> dict[UUID, Encounter]:
    """Lock encounters, with the others of their individuals and of further ones.

    Returns:
        All of them by guid.
    """
    concerned = select(OF_INDIVIDUAL).where(Encounter.guid.in_(guids), OF_INDIVIDUAL.is_not(None))
    found = select(Encounter).where(
        or_(
            Encounter.guid.in_(guids),
            OF_INDIVIDUAL.in_(concerned),
            OF_INDIVIDUAL.in_(individuals),
        )
    )
    locked = found.order_by(Encounter.guid).with_for_update()
    rows = db.scalars(locked.execution_options(populate_existing=True))
    return {row.guid: row for row in rows}


def joining(individual: Individual, actions: Iterable[PatchAction]) -> set[UUID]:
    """The guids of the encounters that a patch assigns to an individual, and that it lacks."""
    added = {guid for action in actions if _is_added(action) for guid in action.value}
    return added - {encounter.guid for encounter in individual.encounters}


def assign(individual: Individual, encounters: Iterable[Encounter]) -> None:
    """Assign encounters to an individual."""
    for encounter in encounters:
        encounter.individual_guid = individual.guid


def assign_committed(_services: Services, db: Session, event: SightingCommitted) -> None:
    """Assign encounters of a new sighting to the individuals that their drafts name.

    A draft names one by its guid, or by a first name; without an individual of that name, the
    encounter has none.

    Raises:
        Conflict: Several individuals have the name.
    """
    given = {encounter.guid: _first_name(draft) for encounter, draft in event.drafts}
    named = individuals_named(db, set(filter(None, given.values())))
    for encounter, draft in event.drafts:
        name = given[encounter.guid]
        found = named.get(name, ()) if name else ()
        if guid := draft.get("individualUuid"):
            encounter.individual_guid = UUID(guid)
        elif len(found) > 1:
            origin = encounter.asset_group_sighting_encounter_guid
            listed = ", ".join(map(str, found))
            text = f"Several individuals have the first name of Encounter {origin}: {listed}"
            raise Conflict.about(f"encounters.{encounter.position}.firstName", text)
        elif found:
            encounter.individual_guid = found[0]
    db.flush()


def change_encounters(db: Session, individual: Individual, actions: Iterable[PatchAction]) -> None:
    """Assign encounters to an individual, also those of others, and remove some.

    Raises:
        Conflict: There is no such encounter, nothing would change, or an individual would have none
            left.
    """
    changes = [action for action in actions if action.name == FIELD]
    if not changes:
        return
    guids = {guid for action in changes for guid in action.value}
    encounters = lock_encounters(db, guids, individual.guid)
    before = {each.individual_guid for each in encounters.values()} | {individual.guid}
    for action in changes:
        _apply(db, individual, action, [_found(encounters, guid) for guid in action.value])
    left = {each.individual_guid for each in encounters.values()}
    for guid in before - left - {None}:
        raise _refused(individual, guid)
    db.flush()
    db.expire(individual, [FIELD])


def _first_name(draft: Mapping[str, Any]) -> str:
    return (draft.get("firstName") or draft.get("FirstName") or "").strip()


def _is_added(action: PatchAction) -> bool:
    return action.name == FIELD and action.op != "remove"


def _found(encounters: dict[UUID, Encounter], guid: UUID) -> Encounter:
    if guid not in encounters:
        raise Conflict.about(FIELD, f"There is no encounter {guid}.")
    return encounters[guid]


def _apply(
    db: Session, individual: Individual, action: PatchAction, wanted: Collection[Encounter]
) -> None:
    if _is_added(action):
        _add(individual, wanted)
        deed = "assigned"
    else:
        _remove(individual, wanted)
        deed = "removed"
    message = f"{deed} the encounters {_listed(wanted)} of Individual {individual.guid}"
    audit(db, Action.UPDATE, "Individual", individual.guid, message=message)


def _add(individual: Individual, wanted: Collection[Encounter]) -> None:
    if all(encounter.individual_guid == individual.guid for encounter in wanted):
        raise Conflict.about(FIELD, f"The individual has the encounter {_listed(wanted)} already.")
    assign(individual, wanted)


def _remove(individual: Individual, wanted: Collection[Encounter]) -> None:
    others = [each for each in wanted if each.individual_guid != individual.guid]
    if others:
        raise Conflict.about(FIELD, f"The individual has no encounter {_listed(others)}.")
    for encounter in wanted:
        encounter.individual_guid = None


def _refused(individual: Individual, guid: UUID | None) -> Conflict:
    if guid == individual.guid:
        text = "An individual has at least one encounter: delete the individual instead."
    else:
        text = f"The individual {guid} would have no encounters: merge the individuals instead."
    return Conflict.about(FIELD, text)


def _listed(encounters: Iterable[Any]) -> str:
    return ", ".join(str(encounter.guid) for encounter in encounters)
