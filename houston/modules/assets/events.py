"""The events of assets, to which other modules subscribe."""

from collections.abc import Sequence
from dataclasses import dataclass

from houston.modules.assets.models import Asset


@dataclass(frozen=True)
class AssetPrepared:
    """The preparation of an asset has ended; its state is the result."""

    asset: Asset


@dataclass(frozen=True)
class AssetRotated:
    """The picture of an asset was rotated, and its preparation starts again."""

    asset: Asset


@dataclass(frozen=True)
class AssetsDeleted:
    """Some assets are about to be deleted."""

    assets: Sequence[Asset]
