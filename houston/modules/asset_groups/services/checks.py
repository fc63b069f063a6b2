"""Checks of valid input against the site: its regions, species, models, users, fields and uploads.

A check of a sighting or of an encounter is listed with the fields that it reads, so that a change
runs those of the changed fields alone.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.errors import Unprocessable, summary
from houston.core.services import Services
from houston.core.values import quoted
from houston.domain import times
from houston.modules.asset_groups.models import NO_MODEL, UploadType
from houston.modules.image_analysis.interface import ImageAnalysis
from houston.modules.site_settings.custom_fields import CustomFields
from houston.modules.site_settings.services import custom_fields, known_regions, known_species
from houston.modules.users.models import User, folded

Values = dict[str, Any]
MAX_FAULTS = 1000
"""The faults that are collected; the texts of 50 are sent."""
MAX_CUSTOM_FIELDS = 10
"""The custom fields of an object whose faults are named."""
PARAMETERS = 1000
"""The values of one statement: databases limit their number."""
CLASSES = ("Sighting", "Encounter")
TIME = ("time", "timeSpecificity")
COORDINATES = ("decimalLatitude", "decimalLongitude")
BOTH_COORDINATES = "Need both or neither of decimalLatitude and decimalLongitude in"


class Place(NamedTuple):
    """The place of values in the input: `sightings.996`, in words `Sighting 997`."""

    path: str
    words: str

    def field(self, name: str) -> str:
        """The path of a field here."""
        return f"{self.path}.{name}" if self.path else name


class Faults:
    """The faults of the input, by path."""

    def __init__(self) -> None:
        self._texts: dict[str, dict[str, None]] = {}

    def add(self, path: str, text: str) -> None:
        """Add a fault; the same one counts once."""
        if len(self._texts) < MAX_FAULTS:
            self._texts.setdefault(path, {})[text] = None

    def check(self) -> None:
        """Raise Unprocessable with all faults, if there are any."""
        messages = {path: list(texts) for path, texts in self._texts.items()}
        if messages:
            raise Unprocessable(summary(messages), messages=messages)


@dataclass(frozen=True)
class Lookups:
    """The state of the site that input refers to, read once for all sightings.

    `regions` has no placeholders; `custom_fields` is by class, `owners` by folded address.
    """

    regions: Collection[str]
    species: Collection[str]
    detectors: Collection[str]
    algorithms: Collection[str]
    custom_fields: Mapping[str, CustomFields]
    owners: Mapping[str, UUID]

    def owner(self, email: str | None) -> UUID | None:
        """The guid of the active user with an address."""
        return self.owners.get(folded(email)) if email else None


def look_up(services: Services, db: Session, emails: Iterable[str | None] = ()) -> Lookups:
    """The state of the site; of its users, those with the given addresses."""
    catalogue = services[ImageAnalysis].catalogue
    regions = known_regions(services, db).items()
    return Lookups(
        regions=frozenset(id for id, region in regions if not region.placeholder_only),
        species=known_species(services, db).keys(),
        detectors=catalogue.detectors.keys(),
        algorithms=catalogue.identifiers.keys(),
        custom_fields={noun: custom_fields(services, db, noun) for noun in CLASSES},
        owners=_owners(db, emails),
    )


def _owners(db: Session, emails: Iterable[str | None]) -> dict[str, UUID]:
    wanted = sorted({folded(email) for email in emails if email})
    accounts = select(User.email_folded, User.guid).where(User.is_active)
    return {
        row.email_folded: row.guid
        for first in range(0, len(wanted), PARAMETERS)
        for row in db.execute(
            accounts.where(User.email_folded.in_(wanted[first : first + PARAMETERS]))
        )
    }


Check = Callable[[Values, Place, Lookups, Faults], None]
Checks = Sequence[tuple[tuple[str, ...], Check]]


def run(
    checks: Checks,
    values: Values,
    place: Place,
    lookups: Lookups,
    faults: Faults,
    *,
    changed: Iterable[str] | None = None,
) -> None:
    """Run the checks of the changed fields, which are all given ones by default.

    The values of custom fields become those that are stored.
    """
    touched = values.keys() if changed is None else set(changed)
    for fields, check in checks:
        if not fields or not touched.isdisjoint(fields):
            check(values, place, lookups, faults)


def check_region(values: Values, place: Place, lookups: Lookups, faults: Faults) -> None:
    """The region is one of the site's, and no placeholder."""
    region = values.get("locationId")
    if region is not None and region not in lookups.regions:
        faults.add(place.field("locationId"), f"Invalid locationId guid {region} in {place.words}")


def check_pair(names: Collection[str], text: str) -> Check:
    """The check that both fields of a pair have values, or neither; `{}` is the missing one."""

    def check(values: Values, place: Place, _lookups: Lookups, faults: Faults) -> None:
        missing = [name for name in names if values.get(name) in (None, "")]
        if len(missing) == 1:
            faults.add(place.field(missing[0]), f"{text.format(*missing)} {place.words}")

    return check


def check_time_to_commit(values: Values, place: Place, _lookups: Lookups, faults: Faults) -> None:
    """There are both time and specificity."""
    if not (values.get("time") and values.get("timeSpecificity")):
        faults.add(place.field("time"), "Must have time/timeSpecificity values")
        return
    for field, text in times.read(values)[1].items():
        words = f"Problem with sighting time/timeSpecificity values: {text}"
        faults.add(place.field(field), words)


def check_species(values: Values, place: Place, lookups: Lookups, faults: Faults) -> None:
    """The species are the site's."""
    given = {"taxonomy": [values.get("taxonomy")], "taxonomies": values.get("taxonomies") or []}
    for field, guids in given.items():
        for guid in guids:
            if guid is not None and guid not in lookups.species:
                text = f"{field} {guid} is not a species of this site in {place.words}"
                faults.add(place.field(field), text)


def check_identification(values: Values, place: Place, lookups: Lookups, faults: Faults) -> None:
    """The algorithms of identification are configured."""
    for config in values.get("idConfigs") or ():
        for algorithm in config.get("algorithms", ()):
            if algorithm not in lookups.algorithms:
                text = f"failed to find {quoted(algorithm)} in {place.words}"
                faults.add(place.field("idConfigs"), text)


def check_owner(values: Values, place: Place, lookups: Lookups, faults: Faults) -> None:
    """The owner has an active account."""
    email = values.get("ownerEmail")
    if email and lookups.owner(email) is None:
        faults.add(place.field("ownerEmail"), f"{place.words} owner {quoted(email)} not found")


def check_custom_fields(noun: str) -> Check:
    """The check that custom fields are as the site defines them for a class of objects."""

    def check(values: Values, place: Place, lookups: Lookups, faults: Faults) -> None:
        if not values.get("customFields"):
            return
        fields = lookups.custom_fields[noun]
        values["customFields"], wrong = fields.check(values["customFields"])
        if wrong:
            first = islice(wrong.items(), MAX_CUSTOM_FIELDS)
            texts = {quoted(id): " ".join(each) for id, each in first}
            text = f"Problem with customFields value(s): {texts} in {place.words}"
            faults.add(place.field("customFields"), text)

    return check


ANY: Checks = (
    (("locationId",), check_region),
    (COORDINATES, check_pair(COORDINATES, BOTH_COORDINATES)),
    (("taxonomy", "taxonomies"), check_species),
    (("idConfigs",), check_identification),
    (("ownerEmail",), check_owner),
)
BOTH_TIMES = (TIME, check_pair(TIME, "{} field missing from"))
OF_SIGHTINGS = (("customFields",), check_custom_fields("Sighting"))
OF_ENCOUNTERS = (("customFields",), check_custom_fields("Encounter"))

SIGHTING: Checks = (*ANY, BOTH_TIMES, OF_SIGHTINGS)
COMMITTED_SIGHTING: Checks = (*ANY, ((), check_time_to_commit), OF_SIGHTINGS)
ENCOUNTER: Checks = (*ANY, BOTH_TIMES, OF_ENCOUNTERS)


def check_group(group: Values, lookups: Lookups, faults: Faults) -> None:
    """Check a new asset group, its sightings and their encounters."""
    for model in group["speciesDetectionModel"]:
        if model not in (None, "", NO_MODEL) and model not in lookups.detectors:
            text = f"detection config {quoted(model)} not supported"
            faults.add("speciesDetectionModel", text)
    for sighting, place in sightings_of(group):
        run(SIGHTING, sighting, place, lookups, faults)
    for encounter, place in encounters_of(group):
        run(ENCOUNTER, encounter, place, lookups, faults)
        for guid in encounter.get("annotations", ()):
            faults.add(place.field("annotations"), f"{place.words} annotation:{guid} not found")


def check_restrictions(group: Values, who: str, faults: Faults) -> None:
    """Check that there are neither bulk uploads, assigned owners nor sightings without files.

    Args:
        group: The values of a new asset group.
        who: Callers to whom the restrictions apply, in words.
        faults: Receives the faults.
    """
    if group["uploadType"] is UploadType.BULK:
        faults.add("uploadType", f"{who} not permitted to do bulk upload")
    for encounter, place in encounters_of(group):
        if encounter.get("ownerEmail"):
            faults.add(place.field("ownerEmail"), f"{who} not permitted to assign owners")
    if not any(sighting.get("assetReferences") for sighting in group["sightings"]):
        text = "Only a Researcher can create a Git Store without any Assets"
        faults.add("sightings.0.assetReferences", text)


def check_files(group: Values, uploaded: Collection[str], faults: Faults) -> None:
    """Each file is one of the transaction, and of one sighting; a transaction has files."""
    seen: set[str] = set()
    for sighting, place in sightings_of(group):
        path, names = place.field("assetReferences"), sighting.get("assetReferences", ())
        for name in names:
            if name in seen:
                faults.add(path, f"found {quoted(name)} in multiple sightings")
            elif name not in uploaded:
                faults.add(path, f"Failed to find {quoted(name)} in transaction")
        seen.update(names)
    if group.get("transactionId") and not seen:
        faults.add("transactionId", "Tus transaction must contain files")


def sightings_of(group: Values) -> Iterator[tuple[Values, Place]]:
    """The sightings of a new asset group, each with its place."""
    for position, sighting in enumerate(group["sightings"]):
        yield sighting, Place(f"sightings.{position}", f"Sighting {position + 1}")


def encounters_of(group: Values) -> Iterator[tuple[Values, Place]]:
    """The encounters of a new asset group, each with its place."""
    for number, (sighting, place) in enumerate(sightings_of(group), 1):
        for position, encounter in enumerate(sighting["encounters"]):
            path = f"{place.path}.encounters.{position}"
            yield encounter, Place(path, f"Encounter {number}.{position + 1}")
