"""What runs the table."""

from houston.core.errors import Conflict
from houston.modules.asset_groups.pipeline.case import Case
from houston.modules.asset_groups.pipeline.states import REFUSALS, TRANSITIONS, Event, Transition

ROWS: dict[tuple[str, str], list[Transition]] = {}
for _row in TRANSITIONS:
    ROWS.setdefault((_row.event, _row.source), []).append(_row)


def fire(event: Event, case: Case) -> None:
    """Let an event happen to a sighting; raises Conflict where the table refuses it.

    Whoever calls this holds the lock of the sighting.
    """
    row = transition_of(event, case)
    assert row.target is not None
    case.sighting.stage = row.target
    for effect in row.effects:
        effect.run(case)


def transition_of(event: Event, case: Case) -> Transition:
    """The row of the table that applies; raises Conflict where there is none, or it refuses."""
    stage = case.sighting.stage
    rows = ROWS.get((event, stage), ())
    row = next((row for row in rows if row.guard.holds(case)), None)
    if row is None or row.target is None:
        words = row.refusal if row else REFUSALS[event]
        raise Conflict(words.format(guid=case.sighting.guid, stage=stage))
    return row
