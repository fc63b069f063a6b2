"""The notifications of stakeholders about a merge."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.services import Services
from houston.core.values import GUID_FORM
from houston.modules.individuals.merging.names import primary_names
from houston.modules.individuals.models import Individual, MergeRequest
from houston.modules.notifications.kinds import MERGES, Kind
from houston.modules.notifications.services import notify, resolve
from houston.modules.sightings.models import Encounter
from houston.modules.users.models import User

REQUESTED, COMPLETED, BLOCKED = (
    "individual_merge_request",
    "individual_merge_complete",
    "individual_merge_blocked",
)
BOTH = "{target_individual_name} and {source_names_list}"
KINDS: Mapping[str, Kind] = {
    REQUESTED: Kind(f"{{sender_name}} wants to merge {BOTH}.", True, MERGES),
    COMPLETED: Kind(f"{BOTH} have been merged.", group=MERGES),
    BLOCKED: Kind(f"{{sender_name}} has blocked your merge of {BOTH}.", group=MERGES),
}


@dataclass(frozen=True)
class Parties:
    """The individuals of a request and their owners, as they are before the merge.

    Attributes:
        request: The request.
        names: The name of each individual, the target first.
        owned: The individuals with encounters of each owner.
    """

    request: MergeRequest
    names: Mapping[UUID, str]
    owned: Mapping[UUID, set[UUID]]

    def values_for(self, recipient: UUID) -> dict[str, Any]:
        """The values of a notification (contract A-09), from the view of its recipient."""
        own = self.owned.get(recipient, set())
        yours = [guid for guid in self.names if guid in own]
        first, *rest = [*yours, *(guid for guid in self.names if guid not in own)]
        return {
            "request_id": str(self.request.guid),
            "your_individuals": self._described(yours),
            "other_individuals": self._described(guid for guid in self.names if guid not in own),
            "target_individual_guid": str(first),
            "target_individual_name": self.names[first],
            "source_names_list": _list_of([self.names[guid] for guid in rest]),
            "deadline": self.request.deadline.isoformat().replace("+00:00", "Z"),
        }

    def _described(self, guids: Iterable[UUID]) -> list[dict[str, str]]:
        return [{"guid": str(guid), "primaryName": self.names[guid]} for guid in guids]


def parties_of(
    services: Services, db: Session, request: MergeRequest, individuals: Sequence[Individual]
) -> Parties:
    """The parties of a request."""
    guids = [each.guid for each in individuals]
    pairs = select(Encounter.owner_guid, Individual.guid).join(Individual.encounters).distinct()
    owned: dict[UUID, set[UUID]] = {}
    for owner, individual in db.execute(pairs.where(Individual.guid.in_(guids))):
        owned.setdefault(owner, set()).add(individual)
    return Parties(request, primary_names(services, db, individuals), owned)


def notify_stakeholders(
    services: Services,
    db: Session,
    kind: str,
    parties: Parties,
    sender: User,
    *,
    but: UUID | None = None,
) -> None:
    """Notify all stakeholders of a request, without one of them."""
    guids = [each.user_guid for each in parties.request.stakeholders if each.user_guid != but]
    for recipient in db.scalars(select(User).where(User.guid.in_(guids)).order_by(User.id)):
        values = parties.values_for(recipient.guid)
        notify(services, db, recipient, kind, values, sender=sender)


def resolve_requests(db: Session, request: MergeRequest) -> None:
    """Resolve the notifications that ask for an answer to a request."""
    asked = [each.user_guid for each in request.stakeholders]
    resolve(db, asked, [REQUESTED], {"request_id": str(request.guid)})


def _list_of(names: Sequence[str]) -> str:
    """Names in a line; their number, if one of the individuals has no name."""
    if any(GUID_FORM.match(name) for name in names):
        return f"{len(names)} individual{'s' if len(names) > 1 else ''}"
    return ", ".join(names)
