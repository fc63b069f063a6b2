"""The branch `assets` of the tree: who may do what to assets and their files."""

from collections.abc import Iterable

from sqlalchemy.orm import undefer_group

from houston.core.security.grants import Grant
from houston.core.security.identity import Identity
from houston.core.security.permissions import Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.assets.models import OWNERSHIP, Asset
from houston.modules.assets.ownership import OwnershipRole, ownership_of, visitors_of

READ = (Permission.READ,)
CHANGE = (Permission.READ, Permission.WRITE)


class AssetResource(Item):
    """One asset."""

    grants = (
        Grant(OwnershipRole.OWNER, CHANGE),
        Grant(OwnershipRole.CURATOR, CHANGE),
        Grant(OwnershipRole.VISITOR, READ),
        Grant(Role.RESEARCHER, READ),
        Grant(Role.ADMIN, READ),
        Grant(Role.STAFF, CHANGE),
        Grant(Role.INTERNAL, CHANGE),
    )

    def local_roles(self, identity: Identity) -> Iterable[str]:
        """What the caller is to the asset."""
        return ownership_of(self.row, identity)

    def public_roles(self) -> Iterable[str]:
        """What everybody is to the asset."""
        return visitors_of(self.row)


class AssetPicture(Item):
    """The picture of an asset, for whoever may see the asset and is signed in."""

    grants = AssetResource.grants

    def local_roles(self, identity: Identity) -> Iterable[str]:
        """What the caller is to the asset."""
        return (*ownership_of(self.row, identity), *visitors_of(self.row))


class AssetOriginal(Item):
    """The file of an asset as it was sent, which may tell where it was taken."""

    grants = (Grant(Role.INTERNAL, READ),)


class AssetInsight(Item):
    """What only those who look after the site need to know of an asset."""

    grants = (Grant(Role.STAFF, READ), Grant(Role.INTERNAL, READ))


class AssetPlaces(Collection):
    """Assets once more, as something that can be seen of each of them."""

    model = Asset
    loading = (undefer_group(OWNERSHIP),)


class AssetFormat(AssetPlaces):
    """The pictures of assets in one format."""

    item = AssetPicture


class AssetPictures(AssetFormat):
    """The pictures of assets, and below it those in each format."""

    children = {
        "master": AssetFormat,
        "mid": AssetFormat,
        "thumb": AssetFormat,
        "abox": AssetFormat,
    }


class AssetOriginals(AssetPlaces):
    """The files of assets as they were sent."""

    item = AssetOriginal


class AssetInsights(AssetPlaces):
    """Assets as those see them who look after the site."""

    item = AssetInsight


class AssetSearch(Resource):
    """The search for assets, which is for those who may list them."""


class AssetCollection(AssetPlaces):
    """All assets. Whoever is signed in may patch several; the grants of each decide in the end."""

    noun = "assets"
    item = AssetResource
    children = {
        "search": AssetSearch,
        "src": AssetPictures,
        "src_raw": AssetOriginals,
        "debug": AssetInsights,
        "jobs": AssetInsights,
    }
    grants = (
        Grant(Role.SIGNED_IN, (Permission.WRITE,)),
        Grant(Role.ADMIN, (Permission.LIST,)),
        Grant(Role.STAFF, (Permission.LIST,)),
        Grant(Role.INTERNAL, (Permission.LIST,)),
    )
