"""Of two who change the same at once, one waits for the other."""

from sqlalchemy import select

from houston.core.db.session import Session
from houston.modules.asset_groups.models import AssetGroup, AssetGroupSighting
from houston.modules.assets.models import Asset


def lock_group(db: Session, group: AssetGroup) -> None:
    """Keep others from changing a submission until the commit.

    Its assets come first, as they do for whoever prepares them.
    """
    assets = select(Asset.guid).where(Asset.asset_group_guid == group.guid).order_by(Asset.guid)
    db.execute(assets.with_for_update())
    db.execute(select(AssetGroup.guid).where(AssetGroup.guid == group.guid).with_for_update())


def lock_sighting(db: Session, sighting: AssetGroupSighting) -> None:
    """Lock a sighting until the commit, and forget what was read before of it and of its parts."""
    # Apart, since what is outer-joined when it is loaded cannot be locked.
    row = select(AssetGroupSighting.guid).where(AssetGroupSighting.guid == sighting.guid)
    db.execute(row.with_for_update())
    db.expire_all()
    db.refresh(sighting)
