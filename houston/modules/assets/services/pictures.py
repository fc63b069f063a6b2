"""The pictures of assets as they are shown."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from houston.core.db.session import Session
from houston.core.errors import NotFound, Unavailable
from houston.core.images import Images
from houston.core.images.values import Box
from houston.core.services import Services
from houston.core.storage import Storage
from houston.modules.assets.models import Asset, AssetImage, AssetState

SOON = {"Retry-After": "5"}


class AnnotatedPicture(NamedTuple):
    """A copy of a picture, and the boxes that are to be drawn in it.

    The boxes are in pixels of the original, which is larger by `scale`.
    """

    file_key: str
    boxes: list[Box]
    scale: float

    @property
    def key(self) -> str:
        """A digest of all that can be seen in it."""
        return sha256(repr(self).encode()).hexdigest()


def picture_of(db: Session, asset: Asset, format: str) -> AssetImage:
    """The copy of an asset's picture in a format.

    Raises NotFound for what has no picture, and Unavailable while it is being prepared.
    """
    image = db.get(AssetImage, (asset.guid, format))
    if image is not None:
        return image
    if asset.state is AssetState.PENDING:
        raise Unavailable("The picture is being prepared: ask again soon.", headers=SOON)
    raise NotFound(asset.problem or "The file is no picture.")


def annotated_picture_of(db: Session, asset: Asset) -> AnnotatedPicture:
    """The picture of an asset with its annotations as they are now; raises as `picture_of` does."""
    image = picture_of(db, asset, "mid")
    boxes = [_box(annotation.bounds) for annotation in asset.annotations]
    return AnnotatedPicture(image.file_key, boxes, (asset.width or image.width) / image.width)


def draw(services: Services, picture: AnnotatedPicture) -> bytes:
    """The JPEG of a picture with its boxes."""
    with services[Storage].local(picture.file_key) as path:
        return services[Images].outline(path, picture.boxes, picture.scale)


def _box(bounds: Mapping[str, Any]) -> Box:
    x, y, width, height = bounds["rect"]
    return Box(x, y, width, height, bounds["theta"])
