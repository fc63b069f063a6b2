"""The integrity of the catalogue, checked from the console of the server."""

from typing import Any

from invoke import Exit, task

from houston.core.db.session import Database
from houston.core.integrity import IntegrityChecks, count
from houston.core.services import services_of
from houston.scripts.application import CONFIG_HELP, exit_on_failure, registry_of


@task(
    default=True,
    help={**CONFIG_HELP, "verbose": "Print the guids of findings that are no faults as well."},
)
def check(_context: Any, verbose: bool = False, config: str | None = None) -> None:
    """Print the rows that break a rule of the catalogue; the exit status is 1 after faults."""
    services = services_of(registry_of(config))
    checks = services[IntegrityChecks]
    with exit_on_failure(), services[Database].reading() as db:
        report = checks.run(services, db)
    for name, declared in sorted(checks.items()):
        group, _, rule = name.partition(".")
        found = report[group][rule]
        kind = "fault" if declared.is_fault else "notice"
        print(f"{kind:7}{name:45}{len(found):5}  {declared.description}")
        for finding in found if declared.is_fault or verbose else ():
            print(f"       {finding}")
    if faults := count(checks.faults(report)):
        raise Exit(f"The number of faults in the catalogue: {faults}.", 1)
