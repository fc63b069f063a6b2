"""Capture histories: the occasions on which each individual was seen, for Program MARK and secr.

An occasion is a number of days, months or years of the calendar, counted from the first encounter.
An encounter counts if the day, the month or the year is known in which it was, respectively.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from houston.core.errors import BadRequest
from houston.modules.exports.services.dataset import ENCOUNTER, Dataset, Noun
from houston.modules.exports.services.observations import (
    Observation,
    dates_of,
    encounters_of,
    observations,
    observations_of,
)

FORM = r"[1-9][0-9]{0,3}[dmy]"
MAX_OCCASIONS = 10_000
BLANK = re.compile(r"\s+")
NONE = "No individual to export has an encounter whose time is precise enough for the occasions."
TOO_MANY = f"The encounters span more than {MAX_OCCASIONS} occasions: choose longer ones."

Unit = Callable[[date], int]
UNITS: Mapping[str, Unit] = {
    "d": date.toordinal,
    "m": lambda day: day.year * 12 + day.month,
    "y": lambda day: day.year,
}
"""The number of a day, a month or a year."""


@dataclass(frozen=True)
class Occasions:
    """The occasions of a study.

    Attributes:
        length: The days, months or years of an occasion.
        unit: The function that returns the number of the day, the month or the year of a date.
        first: The number with which the first occasion begins.
        number: The number of occasions.
    """

    length: int
    unit: Unit
    first: int
    number: int

    @classmethod
    def of(cls, form: str, dataset: Dataset) -> "Occasions":
        """The occasions of an export, such as those of `7d`, from the first to the last encounter.

        Raises:
            BadRequest: There are none, or too many.
        """
        length, unit = int(form[:-1]), UNITS[form[-1]]
        first = last = None
        for seen in observations(dataset):
            number = _number_of(unit, seen) if seen.individual else None
            if number is not None:
                first = number if first is None else min(first, number)
                last = number if last is None else max(last, number)
        if first is None or last is None:
            raise BadRequest(NONE)
        number = (last - first) // length + 1
        if number > MAX_OCCASIONS:
            raise BadRequest(TOO_MANY)
        return cls(length, unit, first, number)

    def position(self, seen: Observation) -> int | None:
        """The position of the occasion of an observation, from 0; None if its time is too vague."""
        number = _number_of(self.unit, seen)
        return None if number is None else (number - self.first) // self.length


def _number_of(unit: Unit, seen: Observation) -> int | None:
    """The number of the only day, month or year in which an observation can lie."""
    if seen.moment is None:
        return None
    first, last = map(unit, dates_of(seen.moment))
    return first if first == last else None


class Capture(NamedTuple):
    """An encounter with an individual on an occasion."""

    occasion: int
    observation: Observation


def write_mark(dataset: Dataset, path: Path, options: Mapping[str, Any]) -> None:
    """Write the encounter histories of Program MARK: `/* guid */ 0101 1;`."""
    occasions = Occasions.of(options["occasion"], dataset)
    with path.open("w", encoding="ascii", newline="\n") as file:
        for individual, captures in _captures(dataset, occasions):
            seen = {capture.occasion for capture in captures}
            history = "".join("01"[index in seen] for index in range(occasions.number))
            file.write(f"/* {individual} */ {history} 1;\n")


def write_secr(dataset: Dataset, path: Path, options: Mapping[str, Any]) -> None:
    """Write the captures of secr: session, ID, occasion and detector.

    The session is the species, and the detector is the region.
    """
    occasions = Occasions.of(options["occasion"], dataset)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("# Session ID Occasion Detector\n")
        for individual, captures in _captures(dataset, occasions):
            lines = {
                f"{_word(seen.species)} {individual} {occasion + 1} {_word(seen.region)}\n": None
                for occasion, seen in captures
            }
            file.writelines(lines)


def _captures(dataset: Dataset, occasions: Occasions) -> Iterator[tuple[Any, list[Capture]]]:
    """The captures of each individual in the order of time, of those that have any."""
    encounters = encounters_of(dataset)
    for individuals in encounters.related(Noun.INDIVIDUALS).batches():
        found: dict[Any, list[Capture]] = {row.guid: [] for row in individuals}
        rows = encounters.among(ENCOUNTER.individual_guid.in_(list(found)))
        for seen in observations_of(dataset, rows):
            occasion = occasions.position(seen)
            if occasion is not None:
                found[seen.individual].append(Capture(occasion, seen))
        for individual, captures in found.items():
            if captures:
                yield individual, sorted(captures, key=lambda capture: capture.occasion)


def _word(text: str | None) -> str:
    """A text as one word."""
    return BLANK.sub("_", text.strip()).replace("#", "_") if text else "unknown"
