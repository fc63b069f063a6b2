"""Lists of assets, and what they are searched by."""

from sqlalchemy import select

from houston.core.api.listing import Listing
from houston.core.api.search import Related
from houston.modules.assets.models import Asset
from houston.modules.keywords.models import Keyword

ASSET = Asset.__table__.c

ASSETS = Listing(
    select(*ASSET),
    sort=("guid", "filename", "mime_type", "size", "state", "created", "updated"),
    words=("filename",),
    fields={
        "git_store_guid": ASSET.asset_group_guid,
        "owner_guid": ASSET.owner_guid,
        "tags": Related(Keyword.value, Asset.tags.any),
    },
)
