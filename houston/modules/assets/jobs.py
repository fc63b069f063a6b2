"""The job that makes the smaller copies of a picture."""

from uuid import UUID

from houston.core.events import Events
from houston.core.images import Images
from houston.core.images.values import UnusableFile
from houston.core.jobs import JobContext, job
from houston.core.storage import Storage
from houston.modules.assets.models import AssetImage
from houston.modules.assets.services import preparation


@job(preparation.PREPARE, on_failure=preparation.give_up)
def prepare_asset(
    context: JobContext, asset: str, version: int, file_key: str, rotation: int
) -> None:
    """Make the smaller copies of an asset's picture, unless it was turned or deleted meanwhile.

    A file that is no sound picture makes the asset damaged, and is not tried again.
    """
    images, storage = context.services[Images], context.services[Storage]
    events = context.services[Events]
    guid = UUID(asset)
    try:
        with storage.local(file_key) as path:
            made = images.renditions(path, rotation)
    except UnusableFile as error:
        preparation.set_damaged(events, context.db, guid, version, error.message)
        return
    files = storage.put_all(context.db, [rendition.data for rendition in made])
    copies = [
        AssetImage(
            asset_guid=guid,
            format=rendition.format,
            file_key=file.key,
            width=rendition.width,
            height=rendition.height,
        )
        for rendition, file in zip(made, files, strict=True)
    ]
    preparation.finish_preparation(events, context.db, guid, version, copies)
