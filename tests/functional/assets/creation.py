"""Assets of finished uploads, which jobs prepare."""

from datetime import timedelta
from typing import Any

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.jobs import Jobs
from houston.modules.assets.models import Asset
from houston.modules.assets.services import create_assets
from houston.modules.uploads.models import Upload
from tests.factories import services
from tests.factories.assets import stored


def upload(content: bytes, mime_type: str = "image/jpeg", **values: Any) -> Upload:
    """Create a finished upload with the given content."""
    return Upload(
        filename="zebra.jpg",
        size=len(content),
        expires=utc_now() + timedelta(days=1),
        file_key=stored(content).key,
        mime_type=mime_type,
        **values,
    )


def create(db: Session, group: Any, *uploads: Upload) -> list[Asset]:
    """Return the assets of uploads, after their preparation."""
    named = [(upload.filename, upload) for upload in uploads]
    assets = create_assets(
        services()[Jobs], db, named, asset_group_guid=group.guid, owner_guid=group.owner_guid
    )
    db.commit()
    db.expire_all()
    return assets
