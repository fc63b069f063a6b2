"""Integrity checks: rules about the rows of several tables, which no constraint can hold.

A check finds the rows that break a rule, by one statement where it can, so that it sees all tables
at one moment. Modules declare checks, and `IntegrityChecks.run` makes a report of all of them. A
*fault* is never left by an operation; other findings are states that somebody should look after.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam

from houston.core.db.session import Session
from houston.core.db.types import UtcDateTime, utc_now
from houston.core.services import Services, services_of

MAX_FINDINGS = 1000
"""The number of findings of a check in a report."""

AN_HOUR_AGO: ColumnElement[Any] = bindparam(
    "an_hour_ago", callable_=lambda: utc_now() - timedelta(hours=1), type_=UtcDateTime()
)
"""The time before which work that takes minutes should have ended, in a condition of SQL."""

Report = dict[str, dict[str, list[Any]]]
"""The findings by the two parts of the names of the checks; there are lists without any."""


@dataclass(frozen=True)
class Check:
    """A rule, and how the rows that break it are found.

    Attributes:
        name: A group and a name in it, such as `sightings.no_encounters`.
        find: The select of the guids of the rows, or `find(services, db)`, which returns values for
            JSON.
        description: The rows that it finds.
        is_fault: Whether no operation leaves such rows.
    """

    name: str
    find: Select[Any] | Callable[[Services, Session], Iterable[Any]]
    description: str
    is_fault: bool = True

    def run(self, services: Services, db: Session) -> list[Any]:
        """Return the first findings; guids are in their order."""
        if not isinstance(self.find, Select):
            return list(islice(self.find(services, db), MAX_FINDINGS))
        found = self.find.order_by(*self.find.selected_columns).limit(MAX_FINDINGS)
        return [str(guid) for guid in db.scalars(found)]


class IntegrityChecks(dict[str, Check]):
    """The checks of one application by name."""

    def run(self, services: Services, db: Session) -> Report:
        """Make a report of all checks."""
        report: Report = {}
        for name, check in sorted(self.items()):
            group, _, rule = name.partition(".")
            report.setdefault(group, {})[rule] = check.run(services, db)
        return report

    def faults(self, report: Report) -> Report:
        """The part of a report with the faults that were found."""
        faults: Report = {}
        for group, findings in report.items():
            for rule, found in findings.items():
                check = self.get(f"{group}.{rule}")
                if found and check is not None and check.is_fault:
                    faults.setdefault(group, {})[rule] = found
        return faults


def count(report: Report) -> int:
    """Return the number of findings in a report."""
    return sum(len(found) for findings in report.values() for found in findings.values())


def includeme(config: Any) -> None:
    """Let modules declare checks: `config.add_integrity_checks(Check(…), …)`."""
    services_of(config).add(IntegrityChecks())
    config.add_directive("add_integrity_checks", _add_integrity_checks)


def _add_integrity_checks(config: Any, *checks: Check) -> None:
    declared = services_of(config)[IntegrityChecks]
    for check in checks:
        discriminator = ("houston.integrity_check", check.name)
        config.action(discriminator, declared.__setitem__, args=(check.name, check))
