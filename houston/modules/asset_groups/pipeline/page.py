"""The table of stages as people read it: a page of docs/, and a sentence of the API document."""

from collections.abc import Iterator

from houston.modules.asset_groups.models import Stage
from houston.modules.asset_groups.pipeline.states import MEANINGS, TRANSITIONS

STAGES = "; ".join(f"`{stage}` {meaning}" for stage, meaning in MEANINGS.items())
"""What a sighting in each of the stages does."""


def states_page() -> str:
    """The page of the documentation that shows the table."""
    return "\n".join([*_head(), *_stages(), *_transitions(), ""])


def _head() -> Iterator[str]:
    yield "# The way of a reported sighting"
    yield ""
    yield "A submission (an asset group) reports sightings. Each goes its own way through these"
    yield "stages. This page is printed from `houston/modules/asset_groups/pipeline/states.py`,"
    yield "which the server runs from."
    yield ""


def _stages() -> Iterator[str]:
    yield "| Stage | A sighting in it |"
    yield "|---|---|"
    for stage in Stage:
        yield f"| `{stage}` | {MEANINGS[stage]} |"
    yield ""


def _transitions() -> Iterator[str]:
    yield "Of the rows of an event and a stage the first whose condition holds is the one. An event"
    yield "that has no row for the present stage is refused with 409."
    yield ""
    yield "| From | Event | If | To | What happens |"
    yield "|---|---|---|---|---|"
    for row in TRANSITIONS:
        target = f"`{row.target}`" if row.target else "refused with 409"
        words = "; ".join(effect.words for effect in row.effects)
        yield f"| `{row.source}` | {row.event} | {row.guard.words} | {target} | {words} |"
