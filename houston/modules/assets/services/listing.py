"""Lists of assets, and what they are searched by."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from houston.core.rest.paging import Page, paginate
from houston.core.rest.search import Related, condition_of
from houston.modules.assets.models import Asset
from houston.modules.keywords.models import Keyword

ASSET = Asset.__table__.c
SORTABLE = {
    name: ASSET[name]
    for name in ("guid", "filename", "mime_type", "size", "state", "created", "updated")
}
FIELDS = {
    **SORTABLE,
    "git_store_guid": ASSET.asset_group_guid,
    "owner_guid": ASSET.owner_guid,
    "tags": Related(Keyword.value, Asset.tags.any),
}


def list_assets(
    db: Session, query: Mapping[str, Any], wanted: Mapping[str, Any] | None = None
) -> Page:
    """A page of all assets, or of those that the search `wanted` finds.

    Raises BadRequest for a search that cannot be understood.
    """
    statement = select(*ASSET).where(condition_of(wanted or {}, FIELDS))
    return paginate(db, statement, query, key=ASSET.guid, sort=SORTABLE, search=(ASSET.filename,))
