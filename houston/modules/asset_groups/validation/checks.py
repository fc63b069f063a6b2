"""What the values of a sighting or of an encounter must be among themselves and on this site.

Each check looks at the fields that it is filed under in the tables at the end, so that a change
runs just those of the fields that it touches.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from houston.core.errors import shown
from houston.domain import times
from houston.modules.asset_groups.validation.faults import Faults, Place
from houston.modules.asset_groups.validation.lookups import Lookups
from houston.modules.users.models import folded

Values = dict[str, Any]
Check = Callable[[Values, Place, Lookups, Faults], None]
Checks = Sequence[tuple[tuple[str, ...], Check]]

SEXES = ("male", "female", "unknown")
BOUNDS = {"decimalLatitude": 90, "decimalLongitude": 180}


def check_region(values: Values, place: Place, lookups: Lookups, faults: Faults) -> None:
    """A region must be one of the site's that is no mere heading."""
    region = values.get("locationId")
    if region is not None and region not in lookups.regions:
        faults.add(place.field("locationId"), f"Invalid locationId guid {region} in {place.words}")


def check_moment(values: Values, place: Place, _lookups: Lookups, faults: Faults) -> None:
    """A time needs its specificity, and the other way round."""
    if not (values.get("time") or values.get("timeSpecificity")):
        return
    _, wrong = times.read(values)
    for field, text in wrong.items():
        if not faults.has(place.field(field)):
            preposition = "from" if text.endswith("missing") else "in"
            faults.add(place.field(field), f"{text} {preposition} {place.words}")


def check_moment_to_commit(values: Values, place: Place, _lookups: Lookups, faults: Faults) -> None:
    """A sighting has been seen at some time."""
    if not (values.get("time") and values.get("timeSpecificity")):
        faults.add(place.field("time"), "Must have time/timeSpecificity values")
        return
    _, wrong = times.read(values)
    for field, text in wrong.items():
        words = f"Problem with sighting time/timeSpecificity values: {text}"
        faults.add(place.field(field), words)


def check_coordinates(values: Values, place: Place, _lookups: Lookups, faults: Faults) -> None:
    """There must be both coordinates or none, each on this globe; 0 is one."""
    missing = [name for name in BOUNDS if values.get(name) is None]
    if len(missing) == 1 and not faults.has(place.field(missing[0])):
        text = f"Need both or neither of decimalLatitude and decimalLongitude in {place.words}"
        faults.add(place.field(missing[0]), text)
    for name, bound in BOUNDS.items():
        value = values.get(name)
        if value is not None and abs(value) > bound:
            faults.add(place.field(name), f"{name} {value} out of range in {place.words}")


def check_sex(values: Values, place: Place, _lookups: Lookups, faults: Faults) -> None:
    """A sex must be one that the site knows."""
    sex = values.get("sex")
    if sex and sex not in SEXES:
        faults.add(place.field("sex"), f"sex {shown(sex)} not supported in {place.words}")


def check_species(values: Values, place: Place, lookups: Lookups, faults: Faults) -> None:
    """A species must be one of the site's."""
    species = values.get("taxonomy")
    if species is not None and species not in lookups.species:
        text = f"taxonomy {species} is not a species of this site in {place.words}"
        faults.add(place.field("taxonomy"), text)


def check_taxonomies(values: Values, place: Place, lookups: Lookups, faults: Faults) -> None:
    """Each species must be one of the site's."""
    for species in values.get("taxonomies") or ():
        if not isinstance(species, str) or species.lower() not in lookups.species:
            text = f"taxonomies {shown(species)} is not a species of this site in {place.words}"
            faults.add(place.field("taxonomies"), text)


def check_identification(values: Values, place: Place, lookups: Lookups, faults: Faults) -> None:
    """There may be one way of identification, by algorithms that are configured."""
    configs = values.get("idConfigs") or []
    path = place.field("idConfigs")
    if len(configs) > 1:
        faults.add(
            path, f"found multiple {len(configs)} ID configs, only support one in {place.words}"
        )
    for config in configs:
        algorithms = config.get("algorithms") if isinstance(config, dict) else None
        if not isinstance(algorithms, list) or not algorithms:
            faults.add(
                path, f"algorithms in idConfigs must have at least one entry in {place.words}"
            )
            continue
        for algorithm in algorithms:
            if not isinstance(algorithm, str) or algorithm not in lookups.algorithms:
                faults.add(path, f"failed to find {shown(algorithm)} in {place.words}")


def check_owner(values: Values, place: Place, lookups: Lookups, faults: Faults) -> None:
    """An owner must have an account that can be used."""
    email = values.get("ownerEmail")
    if email and folded(email) not in lookups.owners:
        faults.add(place.field("ownerEmail"), f"{place.words} owner {shown(email)} not found")


def check_fields_of_sightings(
    values: Values, place: Place, lookups: Lookups, faults: Faults
) -> None:
    """The custom fields must be what the site has defined for sightings."""
    _check_custom_fields("Sighting", values, place, lookups, faults)


def check_fields_of_encounters(
    values: Values, place: Place, lookups: Lookups, faults: Faults
) -> None:
    """The custom fields must be what the site has defined for encounters."""
    _check_custom_fields("Encounter", values, place, lookups, faults)


SIGHTING: Checks = (
    (("locationId",), check_region),
    (("time", "timeSpecificity"), check_moment),
    (("idConfigs",), check_identification),
    (("decimalLatitude", "decimalLongitude"), check_coordinates),
    (("taxonomies",), check_taxonomies),
    (("customFields",), check_fields_of_sightings),
)
ENCOUNTER: Checks = (
    (("locationId",), check_region),
    (("taxonomy",), check_species),
    (("decimalLatitude", "decimalLongitude"), check_coordinates),
    (("ownerEmail",), check_owner),
    (("sex",), check_sex),
    (("time", "timeSpecificity"), check_moment),
    (("customFields",), check_fields_of_encounters),
)

COMMITTED_SIGHTING: Checks = (
    ((), check_moment_to_commit),
    *(each for each in SIGHTING if each[1] is not check_moment),
)


def _check_custom_fields(
    noun: str, values: Values, place: Place, lookups: Lookups, faults: Faults
) -> None:
    """The values are kept as the site stores them."""
    given = values.get("customFields")
    if not given:
        return
    values["customFields"], wrong = lookups.custom_fields[noun].check(given)
    if wrong:
        told = {id: " ".join(texts) for id, texts in wrong.items()}
        text = f"Problem with customFields value(s): {told} in {place.words}"
        faults.add(place.field("customFields"), text)


def run(
    checks: Checks,
    values: Values,
    place: Place,
    lookups: Lookups,
    faults: Faults,
    *,
    changed: Iterable[str] | None = None,
) -> None:
    """Run the checks of the fields that were changed, and those that are filed under none.

    Without any told, all that are there count as changed.
    """
    touched = values.keys() if changed is None else set(changed)
    for fields, check in checks:
        if not fields or not touched.isdisjoint(fields):
            check(values, place, lookups, faults)
