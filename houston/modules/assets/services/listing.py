"""Lists of assets."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from houston.core.rest.paging import Page, paginate
from houston.modules.assets.models import Asset

ASSET = Asset.__table__.c
SORTABLE = {
    name: ASSET[name]
    for name in ("guid", "filename", "mime_type", "size", "state", "created", "updated")
}


def list_assets(db: Session, query: Mapping[str, Any]) -> Page:
    """A page of all assets, whoever owns them."""
    statement = select(*ASSET)
    return paginate(db, statement, query, key=ASSET.guid, sort=SORTABLE, search=(ASSET.filename,))
