"""Checks of valid input against the site: its species, its custom fields and its users."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from houston.core.api.patch import PatchAction
from houston.core.db.session import Session
from houston.core.errors import Messages, Unprocessable, summary
from houston.core.services import Services
from houston.core.values import GUID_FORM, quoted
from houston.modules.individuals.services.names import users_by_guid
from houston.modules.sightings.models import Encounter
from houston.modules.site_settings.services import custom_fields, known_species
from houston.modules.users.models import User

FIELDS = "customFields"
TAKEN = "Individual POST included an encounter that already has an Individual."


class Checker:
    """The checks of one request, with all faults."""

    def __init__(self, services: Services, db: Session) -> None:
        self._db = db
        self._species = known_species(services, db)
        self._fields = custom_fields(services, db, "Individual")
        self._faults: dict[str, list[str]] = defaultdict(list)

    def finish(self) -> None:
        """Raise Unprocessable with all faults, if there are any."""
        if self._faults:
            raise Unprocessable(summary(self._faults), messages=self._faults)

    def species(self, text: str) -> Any:
        """The guid of a species by its guid, its scientific name or its ITIS number."""
        wanted = text.casefold()
        for guid, each in self._species.items():
            names = (guid, str(each.get("itisTsn", "")), each["scientificName"].casefold())
            if wanted in names and GUID_FORM.match(guid):
                return UUID(guid)
        self._faults["taxonomy"].append(f'"{quoted(text)}" is not a species of this site.')
        return None

    def custom_fields(
        self, stored: Mapping[str, Any], actions: Iterable[PatchAction]
    ) -> dict[str, Any]:
        """The values of custom fields by id, after actions that set or remove some."""
        fields = dict(stored)
        for action in actions:
            if action.op == "remove":
                self._add_fields(self._fields.check_removal(action.value, fields))
                fields.pop(action.value, None)
            else:
                fields |= self.new_custom_fields(action.value)
        return fields

    def new_custom_fields(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values of custom fields by id, as they are stored."""
        good, wrong = self._fields.check(values)
        self._add_fields(wrong)
        return good

    def encounters(self, guids: Sequence[UUID], found: Mapping[UUID, Encounter]) -> list[Encounter]:
        """Those of the encounters of a new individual that exist and have none."""
        free = []
        for position, guid in enumerate(guids):
            encounter = found.get(guid)
            if encounter is not None and encounter.individual_guid is None:
                free.append(encounter)
                continue
            text = f"There is no encounter {guid}." if encounter is None else TAKEN
            self._faults[f"encounters.{position}.id"].append(text)
        return free

    def preferring_users(self, names: Sequence[Mapping[str, Any]]) -> Mapping[UUID, User]:
        """The users who prefer some new names, by guid."""
        users = users_by_guid(
            self._db, {guid for name in names for guid in name["preferring_users"]}
        )
        for position, name in enumerate(names):
            for guid in name["preferring_users"]:
                if guid not in users:
                    text = f"Invalid user guid ({guid}) in name data"
                    self._faults[f"names.{position}.preferring_users"].append(text)
        return users

    def _add_fields(self, wrong: Messages) -> None:
        self._faults.update({f"{FIELDS}.{id}": list(texts) for id, texts in wrong.items()})
