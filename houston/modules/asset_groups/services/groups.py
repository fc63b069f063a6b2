"""Changing a submission."""

from uuid import UUID

from sqlalchemy import select, update

from houston.core.api.patch import Change
from houston.core.db.session import Session
from houston.core.errors import Conflict, Unprocessable
from houston.core.security.identity import Identity
from houston.modules.asset_groups.models import AssetGroup
from houston.modules.assets.models import Asset
from houston.modules.users.models import User

REFUSED = "Failed to update AssetGroup details."


def update_group(db: Session, caller: Identity, group: AssetGroup, change: Change) -> AssetGroup:
    """Change a submission as PATCH asks, all or nothing.

    Raises Conflict unless the caller owns it or looks after the site, and Unprocessable for an
    owner who has no active account.
    """
    account = caller.account
    if not (
        account.guid == group.owner_guid
        or account.is_admin
        or account.is_staff
        or account.is_internal
    ):
        raise Conflict(f"{REFUSED} That is for its owner.")
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
