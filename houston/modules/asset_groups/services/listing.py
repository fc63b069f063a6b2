"""Lists of submissions and of reported sightings. Their rows are columns, not entities."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select

from houston.core.api.listing import Listing
from houston.core.db.session import Session
from houston.core.services import Services
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
BELONGING = asset_group_sighting_asset.c

GROUPS = Listing(
    select(*GROUP),
    sort=("guid", "description", "upload_type", "created", "updated"),
    words=("description",),
    fields={"owner_guid": GROUP.owner_guid},
)

NUMBER_OF_ANNOTATIONS = (
    select(func.count())
    .select_from(Annotation)
    .join(asset_group_sighting_asset, BELONGING.asset_guid == Annotation.asset_guid)
    .where(BELONGING.asset_group_sighting_guid == SIGHTING.guid)
)
NUMBER_OF_ENCOUNTERS = (
    select(func.count())
    .select_from(AssetGroupSightingEncounter)
    .where(AssetGroupSightingEncounter.asset_group_sighting_guid == SIGHTING.guid)
)
SIGHTINGS = Listing(
    select(
        SIGHTING.guid,
        SIGHTING.stage,
        SIGHTING.created,
        SIGHTING.updated,
        SIGHTING.sighting.label("told"),
        NUMBER_OF_ANNOTATIONS.scalar_subquery().label("number_annotations"),
        NUMBER_OF_ENCOUNTERS.scalar_subquery().label("number_encounters"),
    ),
    sort=("guid", "stage", "created", "updated"),
    fields={
        "asset_group_guid": SIGHTING.asset_group_guid,
        "sighting_guid": SIGHTING.sighting_guid,
        **{
            name: SIGHTING.sighting[name].as_string()
            for name in ("time", "timeSpecificity", "locationId", "verbatimLocality", "comments")
        },
    },
)
UNPROCESSED = SIGHTING.stage != Stage.PROCESSED


def pending_of(owners: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition of the unprocessed sightings in asset groups of some owners."""
    groups = select(GROUP.guid).join(User, User.guid == GROUP.owner_guid).where(owners)
    return UNPROCESSED & SIGHTING.asset_group_guid.in_(groups)


PUBLIC_SIGHTINGS = SIGHTINGS.where(pending_of(User.email_folded == PUBLIC_EMAIL))
CONTRIBUTED_SIGHTINGS = SIGHTINGS.where(
    pending_of(User.is_contributor & User.is_researcher.is_(False))
)


UNPROCESSED_GROUPS = (
    select(GROUP.guid, GROUP.upload_type)
    .where(GROUP.owner_guid == bindparam("owner"), ~GROUP.is_processed)
    .order_by(GROUP.created, GROUP.guid)
)


def unprocessed_groups(
    _services: Services, db: Session, accounts: Sequence[Any]
) -> list[Sequence[Any]]:
    """The unprocessed asset groups of the caller, whose own account alone shows them."""
    connection = db.connection()
    return [
        connection.execute(UNPROCESSED_GROUPS, {"owner": account.guid}).all()
        for account in accounts
    ]


def count_pending(db: Session) -> int:
    """How many sightings are not processed."""
    return db.scalar(select(func.count()).where(UNPROCESSED)) or 0
