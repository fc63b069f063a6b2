"""Reading a sighting and its encounters."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from houston.core.errors import shown
from houston.core.values import GUID_FORM
from houston.modules.asset_groups.validation import checks
from houston.modules.asset_groups.validation.faults import Faults, Place
from houston.modules.asset_groups.validation.fields import ENCOUNTER, SIGHTING, read_fields
from houston.modules.asset_groups.validation.lookups import Lookups

MAX_ENCOUNTERS = 1_000
MAX_FILES = 10_000


@dataclass
class Sighting:
    """A sighting that was read; `files` are the names of its files, each once."""

    place: Place
    values: dict[str, Any] = field(default_factory=dict)
    encounters: list["Encounter"] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


@dataclass
class Encounter:
    """An encounter that was read; `annotations` are those that it shall have."""

    place: Place
    values: dict[str, Any] = field(default_factory=dict)
    annotations: list[UUID] = field(default_factory=list)


def read_sighting(
    given: Any, place: Place, number: str, lookups: Lookups, faults: Faults
) -> Sighting:
    """What a sighting says; `number` is that of its row in the words of its encounters."""
    sighting = Sighting(place)
    if not isinstance(given, dict):
        faults.add(place.path, f"{place.words} needs to be a dict")
        return sighting
    values = sighting.values = read_fields(given, SIGHTING, place, faults)
    encounters = values.pop("encounters", [])
    sighting.files = _files(values.pop("assetReferences", []), place, faults)
    checks.run(checks.SIGHTING, values, place, lookups, faults)
    if len(encounters) > MAX_ENCOUNTERS:
        text = f"more than {MAX_ENCOUNTERS} encounters in {place.words}"
        faults.add(place.field("encounters"), text)
        return sighting
    for position, each in enumerate(encounters):
        inner = Place(f"{place.path}.encounters.{position}", f"Encounter {number}.{position + 1}")
        encounter = read_encounter(each, inner, lookups, faults)
        for annotation in encounter.annotations:  # there are none yet
            faults.add(
                inner.field("annotations"), f"{inner.words} annotation:{annotation} not found"
            )
        sighting.encounters.append(encounter)
    return sighting


def read_encounter(given: Any, place: Place, lookups: Lookups, faults: Faults) -> Encounter:
    """What an encounter says."""
    encounter = Encounter(place)
    if not isinstance(given, dict):
        faults.add(place.path, f"{place.words} needs to be a dict")
        return encounter
    encounter.values = read_fields(given, ENCOUNTER, place, faults)
    encounter.annotations = _guids(encounter.values.pop("annotations", []), place, faults)
    checks.run(checks.ENCOUNTER, encounter.values, place, lookups, faults)
    return encounter


def _files(references: list[Any], place: Place, faults: Faults) -> list[str]:
    """The names, each once: rows of a table that make one sighting may name a file each."""
    path = place.field("assetReferences")
    if len(references) > MAX_FILES:
        faults.add(path, f"more than {MAX_FILES} assetReferences in {place.words}")
        return []
    names = [name for name in references if isinstance(name, str) and name]
    for wrong in references:
        if not isinstance(wrong, str) or not wrong:
            faults.add(path, f"Invalid assetReference data {shown(wrong)} in {place.words}")
    return list(dict.fromkeys(names))


def _guids(values: list[Any], place: Place, faults: Faults) -> list[UUID]:
    guids = []
    for value in values:
        if isinstance(value, str) and GUID_FORM.match(value):
            guids.append(UUID(value))
        else:
            text = f"{place.words} annotation:{shown(value)} not found"
            faults.add(place.field("annotations"), text)
    return guids
