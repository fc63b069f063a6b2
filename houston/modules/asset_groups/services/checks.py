"""Checks of valid input against the site: its regions, species, models, users, fields and uploads.

A rule for a sighting or an encounter is listed with the fields that it reads, so that a change is
checked by the rules of the changed fields alone. It is a function of the values, their place in
words and the checker, and yields faults: each a field and a text.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, partial
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from houston.core.api.patch import Change
from houston.core.db.session import Session
from houston.core.errors import Messages, Unprocessable, summary
from houston.core.services import Services
from houston.core.values import quoted
from houston.domain import times
from houston.modules.asset_groups.models import NO_MODEL, UploadType
from houston.modules.image_analysis.interface import ImageAnalysis
from houston.modules.site_settings.services import (
    custom_fields,
    exists,
    known_regions,
    known_species,
)
from houston.modules.uploads.naming import NamedUploads, listed
from houston.modules.users.models import User, folded

Values = dict[str, Any]
Faults = Iterator[tuple[str, str]]
Rule = Callable[[Values, str, "Checker"], Faults]
Rules = Sequence[tuple[tuple[str, ...], Rule]]

MAX_FAULTS = 1000
"""The faults that are collected; the texts of 50 are sent."""
MAX_CUSTOM_FIELDS = 10
"""The custom fields of an object whose faults are named."""
PARAMETERS = 1000
"""The values of one statement: databases limit their number."""
TIME = ("time", "timeSpecificity")
FIELDS = "customFields"
COORDINATES = ("decimalLatitude", "decimalLongitude")
NAMING = ("individualUuid", "firstName", "FirstName")
"""The fields of an encounter that name its individual."""
BOTH_COORDINATES = "Need both or neither of decimalLatitude and decimalLongitude in"


class Place(NamedTuple):
    """The place of values in the input: `sightings.996`, in words `Sighting 997`."""

    path: str
    words: str


TOP = Place("", "")


class Checker:
    """The checks of one request: the state of the site, which is read once, and all faults.

    Of the users, it knows those with the given addresses.
    """

    def __init__(self, services: Services, db: Session, emails: Iterable[str | None] = ()) -> None:
        catalogue, regions = services[ImageAnalysis].catalogue, known_regions(services, db)
        self.regions = {id for id, region in regions.items() if not region.placeholder_only}
        self.species = known_species(services, db)
        self.detectors, self.algorithms = catalogue.detectors, catalogue.identifiers
        nouns = ("Sighting", "Encounter")
        self.is_individual = cache(partial(exists, services, db, "individual"))
        self.custom_fields = {noun: custom_fields(services, db, noun) for noun in nouns}
        wanted = sorted({folded(email) for email in emails if email})
        accounts = select(User.email_folded, User.guid).where(User.is_active)
        self.owners: dict[str, UUID] = {
            row.email_folded: row.guid
            for first in range(0, len(wanted), PARAMETERS)
            for row in db.execute(
                accounts.where(User.email_folded.in_(wanted[first : first + PARAMETERS]))
            )
        }
        self._faults: dict[str, dict[str, None]] = {}

    def owner(self, email: str | None) -> UUID | None:
        """The guid of the active user with one of the addresses."""
        return self.owners.get(folded(email)) if email else None

    def run(
        self, rules: Rules, values: Values, place: Place, touched: AbstractSet[str] | None = None
    ) -> None:
        """Check values by the rules of the touched fields, which are all given ones by default.

        The values of custom fields become those that are stored.
        """
        touched = values.keys() if touched is None else touched
        for fields, rule in rules:
            if not fields or not touched.isdisjoint(fields):
                for field, text in rule(values, place.words, self):
                    self.add(field, text, place)

    def add(self, field: str, text: str, place: Place = TOP) -> None:
        """Add a fault; the same one counts once."""
        path = f"{place.path}.{field}" if place.path else field
        if len(self._faults) < MAX_FAULTS:
            self._faults.setdefault(path, {})[text] = None

    def finish(self) -> None:
        """Raise Unprocessable with all faults, if there are any."""
        messages = {path: list(texts) for path, texts in self._faults.items()}
        if messages:
            raise Unprocessable(summary(messages), messages=messages)


def _region(values: Values, words: str, checker: Checker) -> Faults:
    region = values.get("locationId")
    if region is not None and region not in checker.regions:
        yield "locationId", f"Invalid locationId guid {region} in {words}"


def _pair(names: Collection[str], text: str) -> Rule:
    """The rule that both fields of a pair have values, or neither; `{}` is the missing one."""

    def rule(values: Values, words: str, _checker: Checker) -> Faults:
        missing = [name for name in names if values.get(name) in (None, "")]
        if len(missing) == 1:
            yield missing[0], f"{text.format(*missing)} {words}"

    return rule


def _time_to_commit(values: Values, _words: str, _checker: Checker) -> Faults:
    if not (values.get("time") and values.get("timeSpecificity")):
        yield "time", "Must have time/timeSpecificity values"
        return
    for field, text in times.read(values)[1].items():
        yield field, f"Problem with sighting time/timeSpecificity values: {text}"


def _species(values: Values, words: str, checker: Checker) -> Faults:
    given = {"taxonomy": [values.get("taxonomy")], "taxonomies": values.get("taxonomies") or []}
    for field, guids in given.items():
        for guid in guids:
            if guid is not None and guid not in checker.species:
                yield field, f"{field} {guid} is not a species of this site in {words}"


def _identification(values: Values, words: str, checker: Checker) -> Faults:
    for config in values.get("idConfigs") or ():
        for algorithm in config.get("algorithms", ()):
            if algorithm not in checker.algorithms:
                yield "idConfigs", f"failed to find {quoted(algorithm)} in {words}"


def _owner(values: Values, words: str, checker: Checker) -> Faults:
    email = values.get("ownerEmail")
    if email and checker.owner(email) is None:
        yield "ownerEmail", f"{words} owner {quoted(email)} not found"


def _individual(values: Values, words: str, checker: Checker) -> Faults:
    guid = values.get("individualUuid")
    if guid and not checker.is_individual(guid):
        yield "individualUuid", f"{words} individual {guid} not found"


def _custom_fields(noun: str) -> Rule:
    """The rule that custom fields are as the site defines them for a class of objects."""

    def rule(values: Values, words: str, checker: Checker) -> Faults:
        if not values.get(FIELDS):
            return
        values[FIELDS], wrong = checker.custom_fields[noun].check(values[FIELDS])
        if wrong:
            yield FIELDS, _problem(wrong, words)

    return rule


def _problem(wrong: Messages, words: str) -> str:
    """The faults of the first custom fields in one text."""
    first = islice(wrong.items(), MAX_CUSTOM_FIELDS)
    texts = {quoted(id): " ".join(each) for id, each in first}
    return f"Problem with customFields value(s): {texts} in {words}"


ANY: Rules = (
    (("locationId",), _region),
    (COORDINATES, _pair(COORDINATES, BOTH_COORDINATES)),
    (("taxonomy", "taxonomies"), _species),
    (("idConfigs",), _identification),
    (("ownerEmail",), _owner),
    (("individualUuid",), _individual),
)
BOTH_TIMES = (TIME, _pair(TIME, "{} field missing from"))
OF_SIGHTINGS = ((FIELDS,), _custom_fields("Sighting"))

SIGHTING: Rules = (*ANY, BOTH_TIMES, OF_SIGHTINGS)
COMMITTED_SIGHTING: Rules = (*ANY, ((), _time_to_commit), OF_SIGHTINGS)
ENCOUNTER: Rules = (*ANY, BOTH_TIMES, ((FIELDS,), _custom_fields("Encounter")))
OF_NOUNS = {"Sighting": SIGHTING, "Encounter": ENCOUNTER}
"""The rules by the nouns whose custom fields the site defines."""


def changed(
    stored: Mapping[str, Any], change: Change, noun: str, place: Place, checker: Checker
) -> Values:
    """The stored values of a noun after a change, with custom fields merged by key.

    Raises:
        Unprocessable: With all faults of the changed values.
    """
    after = {**stored, **change.values}
    kept, given = dict(stored.get(FIELDS) or {}), Values()
    actions = [action for action in change.actions if action.name == FIELDS]
    for action in actions:
        if action.op != "remove":
            given |= action.value
            continue
        fields = checker.custom_fields[noun]
        if wrong := fields.check_removal(action.value, kept | given):
            checker.add(FIELDS, _problem(wrong, place.words), place)
        kept.pop(action.value, None)
        given.pop(action.value, None)
    touched = change.values.keys() | {action.name for action in actions}
    if actions:
        after[FIELDS] = given
    checker.run(OF_NOUNS[noun], after, place, touched)
    checker.finish()
    if actions:
        after[FIELDS] = kept | after[FIELDS]
    return after


def researcher(db: Session, place: Place, guid: UUID) -> UUID:
    """The guid of the new owner of an encounter.

    Raises:
        Unprocessable: The user is no active researcher.
    """
    wanted = select(User.guid).where(User.guid == guid, User.is_active, User.is_researcher)
    if db.scalar(wanted) is None:
        raise Unprocessable.about("owner", f"{place.words} owner {guid} is not a researcher")
    return guid


def check_group(checker: Checker, group: Values) -> None:
    """Check a new asset group, its sightings and their encounters."""
    for model in group["speciesDetectionModel"]:
        if model not in (None, "", NO_MODEL) and model not in checker.detectors:
            text = f"detection config {quoted(model)} not supported"
            checker.add("speciesDetectionModel", text)
    for sighting, place in sightings_of(group):
        checker.run(SIGHTING, sighting, place)
    for encounter, place in encounters_of(group):
        checker.run(ENCOUNTER, encounter, place)
        for guid in encounter.get("annotations", ()):
            checker.add("annotations", f"{place.words} annotation:{guid} not found", place)


def check_restrictions(checker: Checker, group: Values, who: str) -> None:
    """Check for bulk uploads, assigned owners and individuals, and sightings without files.

    The restrictions apply to `who`, in words. They do not learn which owners have accounts, and
    which individuals exist: both are taken out of the input. An individual in a report of the
    public would be shown to everybody.
    """
    if group["uploadType"] is UploadType.BULK:
        checker.add("uploadType", f"{who} not permitted to do bulk upload")
    for encounter, place in encounters_of(group):
        if encounter.pop("ownerEmail", None):
            checker.add("ownerEmail", f"{who} not permitted to assign owners", place)
        for name in NAMING:
            if encounter.pop(name, None):
                checker.add(name, f"{who} not permitted to assign individuals", place)
    if not any(sighting.get("assetReferences") for sighting in group["sightings"]):
        text = "Only a Researcher can create a Git Store without any Assets"
        checker.add("sightings.0.assetReferences", text)


def check_files(checker: Checker, group: Values, uploaded: NamedUploads) -> None:
    """Each file is one of the transaction, and of one sighting; a transaction has files.

    References become the names of the files that they mean.
    """
    field, seen, is_form = "assetReferences", set[str](), group["uploadType"] is UploadType.FORM
    given = [sighting for sighting, _ in sightings_of(group) if sighting.get(field)]
    for sighting, place in sightings_of(group):
        names: dict[str, None] = {}
        references: Counter[str] = Counter(sighting.get(field, ()))
        for reference, number in references.items():
            found = uploaded.candidates(reference)
            # A form lists all of its files, so that a name which is there twice means both.
            if len(found) > 1 and not (is_form and number == len(found)):
                text = f"{quoted(reference)} is the name of several files: {listed(found)}"
                checker.add(field, text, place)
            elif not found:
                checker.add(field, f"Failed to find {quoted(reference)} in transaction", place)
            elif not seen.isdisjoint(found):
                checker.add(field, f"found {quoted(reference)} in multiple sightings", place)
            names |= dict.fromkeys(found)
        seen.update(names)
        if field in sighting:
            sighting[field] = list(names)
    if group.get("transactionId") and not given:
        checker.add("transactionId", "Tus transaction must contain files")


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
