"""Lists of submissions and of reported sightings. Their rows are columns, not entities."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from houston.core.rest.paging import Page, paginate
from houston.core.rest.search import condition_of
from houston.modules.annotations.models import Annotation
from houston.modules.asset_groups.models import (
    AssetGroup,
    AssetGroupSighting,
    AssetGroupSightingEncounter,
    Stage,
    asset_group_sighting_asset,
)
from houston.modules.users.models import PUBLIC_EMAIL, User

GROUP = AssetGroup.__table__.c
SIGHTING = AssetGroupSighting.__table__.c
SORTABLE_GROUPS = {
    name: GROUP[name] for name in ("guid", "description", "upload_type", "created", "updated")
}
SORTABLE_SIGHTINGS = {name: SIGHTING[name] for name in ("guid", "stage", "created", "updated")}
GROUP_FIELDS = {**SORTABLE_GROUPS, "owner_guid": GROUP.owner_guid}
SIGHTING_FIELDS = {
    **SORTABLE_SIGHTINGS,
    "asset_group_guid": SIGHTING.asset_group_guid,
    "sighting_guid": SIGHTING.sighting_guid,
    **{
        name: SIGHTING.sighting[name].as_string()
        for name in ("time", "timeSpecificity", "locationId", "verbatimLocality", "comments")
    },
}

UNPROCESSED = SIGHTING.stage != Stage.PROCESSED


def list_groups(
    db: Session, query: Mapping[str, Any], wanted: Mapping[str, Any] | None = None
) -> Page:
    """A page of all submissions, or of those that the search `wanted` finds.

    Raises BadRequest for a search that cannot be understood.
    """
    return paginate(
        db,
        select(*GROUP).where(condition_of(wanted or {}, GROUP_FIELDS)),
        query,
        key=GROUP.guid,
        sort=SORTABLE_GROUPS,
        search=(GROUP.description,),
    )


def list_sightings(
    db: Session, query: Mapping[str, Any], wanted: Mapping[str, Any] | None = None
) -> Page:
    """A page of all reported sightings, or of those that the search `wanted` finds.

    Raises BadRequest for a search that cannot be understood.
    """
    found = condition_of(wanted or {}, SIGHTING_FIELDS)
    return _page(db, _sightings().where(found), query)


def list_public_sightings(db: Session, query: Mapping[str, Any]) -> Page:
    """A page of the unprocessed sightings that the public has reported."""
    return _page(db, _pending(User.email_folded == PUBLIC_EMAIL), query)


def list_contributed_sightings(db: Session, query: Mapping[str, Any]) -> Page:
    """A page of the unprocessed sightings of contributors who are no researchers."""
    contributor = User.is_contributor & User.is_researcher.is_(False)
    return _page(db, _pending(contributor), query)


def list_sightings_of(db: Session, owner_guid: UUID, query: Mapping[str, Any]) -> Page:
    """A page of the unprocessed sightings that somebody has reported."""
    return _page(db, _pending(User.guid == owner_guid), query)


def count_pending(db: Session) -> int:
    """How many sightings are not processed."""
    return db.scalar(select(func.count()).where(UNPROCESSED)) or 0


def _page(db: Session, statement: Select[Any], query: Mapping[str, Any]) -> Page:
    return paginate(
        db,
        statement,
        query,
        key=SIGHTING.guid,
        sort=SORTABLE_SIGHTINGS,
    )


def _sightings() -> Select[Any]:
    """The columns of reported sightings, with what they have in numbers."""
    belonging = asset_group_sighting_asset.c
    annotations = (
        select(func.count())
        .select_from(Annotation)
        .join(asset_group_sighting_asset, belonging.asset_guid == Annotation.asset_guid)
        .where(belonging.asset_group_sighting_guid == SIGHTING.guid)
    )
    encounters = (
        select(func.count())
        .select_from(AssetGroupSightingEncounter)
        .where(AssetGroupSightingEncounter.asset_group_sighting_guid == SIGHTING.guid)
    )
    return select(
        SIGHTING.guid,
        SIGHTING.stage,
        SIGHTING.created,
        SIGHTING.sighting.label("told"),
        annotations.scalar_subquery().label("number_annotations"),
        encounters.scalar_subquery().label("number_encounters"),
    )


def _pending(of_owners: ColumnElement[bool]) -> Select[Any]:
    """The unprocessed sightings in submissions of some owners."""
    return (
        _sightings()
        .join(AssetGroup.__table__, GROUP.guid == SIGHTING.asset_group_guid)
        .join(User.__table__, User.__table__.c.guid == GROUP.owner_guid)
        .where(UNPROCESSED, of_owners)
    )
