"""What happens to one sighting, with all that follows from it."""

from houston.core.services import Services
from houston.modules.asset_groups.pipeline import Case, Event, fire
from houston.modules.asset_groups.services.errands import run_errands
from houston.modules.jobs.services import sum_up


def happen(services: Services, event: Event, case: Case) -> None:
    """Let an event happen to a sighting whose lock is held; raises Conflict where it is refused."""
    fire(event, case)
    case.db.flush()
    sum_up(case.db, case.sighting.asset_group.progress_detection)
    run_errands(services, case.db, case.errands)
