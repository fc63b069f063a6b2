"""Changing a submission."""

from uuid import UUID

from sqlalchemy import select, update

from houston.core.api.patch import Change
from houston.core.db.session import Session
from houston.core.errors import Unprocessable
from houston.modules.asset_groups.models import AssetGroup
from houston.modules.assets.models import Asset
from houston.modules.users.models import User

REFUSED = "Failed to update AssetGroup details."


def update_group(db: Session, group: AssetGroup, change: Change) -> AssetGroup:
    """Change an asset group as PATCH asks, all or nothing.

    Raises:
        Unprocessable: The new owner has no active account.
    """
    values = dict(change.values)
    if "owner" in values:
        _give(db, group, values["owner"])
    group.description = values.get("description", group.description)
    db.flush()
    return group


def _give(db: Session, group: AssetGroup, guid: UUID) -> None:
    """Give a submission, and the assets in it, to somebody else."""
    owner = db.scalar(select(User).where(User.guid == guid, User.is_active))
    if owner is None:
        text = f"{REFUSED} There is no active user {guid}."
        raise Unprocessable(text, messages={"owner": [text]})
    group.owner_guid, group.owner = owner.guid, owner
    db.execute(
        update(Asset).where(Asset.asset_group_guid == group.guid).values(owner_guid=owner.guid)
    )
