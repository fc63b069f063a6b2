"""Files that people send: what they are by their content, and pictures made ready to be shown.

Nothing is believed of a file but its bytes. A picture is decoded only after its header has said
that it is not too large. Whatever is wrong with a file is told by one error. Behind this package
stands Pillow.
"""

from typing import Any

from houston.core.images.drawing import Box, outlined
from houston.core.images.errors import UnusableFile
from houston.core.images.images import Images, Rendition
from houston.core.images.inspection import Inspected
from houston.core.images.transforms import cropped, jpeg, rotated
from houston.core.services import services_of
from houston.core.settings import Settings

__all__ = [
    "Box",
    "Images",
    "Inspected",
    "Rendition",
    "UnusableFile",
    "cropped",
    "jpeg",
    "outlined",
    "rotated",
]


def includeme(config: Any) -> None:
    """Give the application its image processing."""
    services = services_of(config)
    settings = services[Settings]
    services.add(
        Images(
            types=settings["houston.uploads.types"],
            max_pixels=settings["houston.images.max_pixels"],
        )
    )
