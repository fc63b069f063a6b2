"""The way of a reported sighting to be one: the table of its stages, and what runs it."""

from houston.modules.asset_groups.pipeline.case import Case
from houston.modules.asset_groups.pipeline.machine import fire
from houston.modules.asset_groups.pipeline.states import Event

__all__ = ["Case", "Event", "fire"]
