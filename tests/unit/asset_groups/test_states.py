"""The table of transitions is complete and documented, and all its rows are reachable."""

from itertools import chain, product

import pytest

from houston.core.errors import Conflict
from houston.modules.asset_groups.models import AssetGroupSighting, Stage
from houston.modules.asset_groups.pipeline import (
    ALWAYS,
    REFUSALS,
    TRANSITIONS,
    Context,
    Event,
    fire,
    states_page,
)

PAIRS = list(product(Event, Stage))


@pytest.mark.parametrize(
    "rows", TRANSITIONS.values(), ids=[f"{event} {stage}" for event, stage in TRANSITIONS]
)
def test_only_the_last_row_is_unconditional(rows: list[object]) -> None:
    holding = [row.guard is ALWAYS for row in rows]  # type: ignore[attr-defined]
    assert holding == [False] * (len(rows) - 1) + [True]


@pytest.mark.parametrize(("event", "stage"), [pair for pair in PAIRS if pair not in TRANSITIONS])
def test_events_without_a_transition_are_refused(event: Event, stage: Stage) -> None:
    sighting = AssetGroupSighting(stage=stage)
    with pytest.raises(Conflict) as caught:
        fire(event, Context(None, sighting))  # type: ignore[arg-type]
    assert caught.value.message == REFUSALS[event].format(guid=None, stage=stage)
    assert sighting.stage is stage


def test_page_has_every_row_and_stage() -> None:
    page = states_page()
    assert page.count("\n| `") == len([*chain(*TRANSITIONS.values()), *Stage])
