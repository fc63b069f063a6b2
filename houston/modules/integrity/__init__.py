"""Integrity: reports on whether the rows of the catalogue obey its rules.

The modules declare the rules (`houston.core.integrity`). A job checks all of them every day, and
another one whenever a report is asked for; `houston app.integrity.check` does so from the console.
A report has the guids of the rows that break a rule. Those of a *fault* are never left by an
operation, and are warned of in the log and the metrics. Administrators, staff and machine accounts
ask for reports, read and delete them; `houston.integrity.keep` is their lifetime.
"""

from typing import Any

from houston.core.settings import Setting, kinds

SETTINGS = (
    Setting(
        "houston.integrity.keep",
        kinds.between(1, 3650),
        "The days for which a report on the integrity of the catalogue is kept.",
        default="90",
    ),
)


def includeme(config: Any) -> None:
    """Add the branch `integrity-checks`, its operations and its jobs, and measure the faults."""
    from houston.core.http.measures import Measure
    from houston.modules.integrity.resources import IntegrityReportCollection
    from houston.modules.integrity.services import count_faults

    faults = Measure("Faults in the newest report of integrity.", (), count_faults)
    config.add_measure("integrity_faults", faults)
    config.add_branch("integrity-checks", IntegrityReportCollection)
    config.scan(".services")
    config.scan(".views")
