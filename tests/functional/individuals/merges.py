"""Individuals that are merged, with encounters of some owners and names, and the requests."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import inspect, select

from houston.core.db.session import Session
from houston.modules.individuals.models import Individual, Name
from houston.modules.notifications.models import Notification
from tests.clients_of_roles import Client
from tests.factories.individuals import IndividualFactory, NameFactory
from tests.factories.sightings import EncounterFactory
from tests.functional.individuals.conftest import INDIVIDUALS

CHECK = f"{INDIVIDUALS}/merge_conflict_check"
REQUESTS = f"{INDIVIDUALS}/merge_request"


def individual(*owners: Any, names: Mapping[str, str] | None = None, **values: Any) -> Individual:
    """Return an individual with an encounter of each owner, and names by context."""
    encounters = [EncounterFactory(owner=owner) for owner in owners]
    row: Individual = IndividualFactory(encounters=encounters, **values)
    for context, text in (names or {}).items():
        NameFactory(individual=row, context=context, value=text)
    return row


def merge(
    client: Client,
    target: Individual,
    *sources: Individual,
    delay: int | None = None,
    **override: Any,
) -> Any:
    """Send the request of the web client."""
    body: dict[str, Any] = {
        "fromIndividualIds": [str(source.guid) for source in sources],
        "parameters": {"override": override},
    }
    if delay is not None:
        body["parameters"]["deadline_delta_seconds"] = delay
    return client.post_json(f"{INDIVIDUALS}/{target.guid}/merge", body)


def vote(client: Client, request: Any, answer: str) -> Any:
    return client.post_json(f"{REQUESTS}/{request}", {"vote": answer})


def names_of(db: Session, guid: UUID) -> dict[str, str]:
    """Return the stored names of an individual by context."""
    db.expire_all()
    rows = db.scalars(select(Name).where(Name.individual_guid == guid))
    return {row.context: row.value for row in rows}


def encounters_of(db: Session, guid: UUID) -> set[UUID]:
    """Return the encounters of an individual."""
    db.expire_all()
    return {each.guid for each in db.get_one(Individual, guid).encounters}


def exists(db: Session, row: Individual) -> bool:
    """Return whether an individual is still stored."""
    (guid,) = inspect(row).identity
    return db.scalar(select(Individual.guid).where(Individual.guid == guid)) is not None


def notified(db: Session, account: Any) -> Sequence[Notification]:
    """Return the notifications of an account, the first one first."""
    db.expire_all()
    own = select(Notification).where(Notification.recipient_guid == account.guid)
    return db.scalars(own.order_by(Notification.created)).all()
