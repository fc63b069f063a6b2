"""What happens to assets, for whoever wants to hear of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from houston.modules.assets.models import Asset


@dataclass(frozen=True)
class AssetPrepared:
    """The smaller copies of an asset are there; or never will be, which its state tells."""

    asset: Asset


@dataclass(frozen=True)
class AssetRotated:
    """The picture of an asset was turned, and is being prepared anew."""

    asset: Asset

    @property
    def assets(self) -> Sequence[Asset]:
        """The one asset, for whoever hears of several as well."""
        return (self.asset,)


@dataclass(frozen=True)
class AssetsDeleted:
    """Some assets are about to be deleted."""

    assets: Sequence[Asset]
