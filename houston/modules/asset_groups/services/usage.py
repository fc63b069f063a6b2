"""What of the site's settings is used by sightings that are not processed yet."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import func, select

from houston.core.db.session import Session
from houston.modules.asset_groups.models import (
    AssetGroupSighting,
    AssetGroupSightingEncounter,
    Stage,
)

SIGHTING = AssetGroupSighting.sighting
ENCOUNTER = AssetGroupSightingEncounter.encounter
FIELDS = {"Sighting": SIGHTING, "Encounter": ENCOUNTER}

Usage = Callable[[Session, set[str]], Mapping[str, int]]


def of_regions(db: Session, ids: set[str]) -> Mapping[str, int]:
    """How many sightings and encounters are at each of some regions."""
    at_encounters = _uses(db, ENCOUNTER, "locationId", ids)
    at_sightings = _uses(db, SIGHTING, "locationId", ids)
    return {id: at_sightings.get(id, 0) + at_encounters.get(id, 0) for id in ids}


def of_species(db: Session, ids: set[str]) -> Mapping[str, int]:
    """How many encounters are of each of some species."""
    return _uses(db, ENCOUNTER, "taxonomy", ids)


def of_custom_fields(noun: str) -> Usage:
    """The function that counts the objects of a class that have a value in each of some fields."""
    column = FIELDS[noun]

    def count(db: Session, ids: set[str]) -> Mapping[str, int]:
        return {id: _count(db, column, column["customFields"][id].as_string()) for id in ids}

    return count


def _uses(db: Session, column: Any, name: str, ids: set[str]) -> Mapping[str, int]:
    value = column[name].as_string()
    rows = db.execute(_pending(select(value, func.count()), column).group_by(value))
    return {id: count for id, count in rows if id in ids}


def _count(db: Session, column: Any, value: Any) -> int:
    counted = _pending(select(func.count()).select_from(column.class_), column)
    return db.scalar(counted.where(value.is_not(None))) or 0


def _pending(statement: Any, column: Any) -> Any:
    """Only of what is not processed."""
    if column is ENCOUNTER:
        statement = statement.join(AssetGroupSightingEncounter.asset_group_sighting)
    return statement.where(AssetGroupSighting.stage != Stage.PROCESSED)
