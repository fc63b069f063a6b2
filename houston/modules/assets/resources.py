"""The branch `assets` of the tree: who may do what to assets and their files."""

from typing import ClassVar

from houston.core.security.grants import Grant
from houston.core.security.permissions import Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.assets import ownership
from houston.modules.assets.models import Asset

SIGNED_IN_VISITOR = "any signed-in user, where the public reported the asset"

READ = (Permission.READ,)
CHANGE = (Permission.READ, Permission.WRITE)


class AssetResource(Item):
    """One asset."""

    grants: ClassVar[tuple[Grant, ...]] = (
        Grant(ownership.OWNER, CHANGE),
        Grant(ownership.RESEARCHER, CHANGE),
        Grant(ownership.ADMIN, CHANGE),
        Grant(ownership.VISITOR, READ),
        Grant(Role.RESEARCHER, READ),
        Grant(Role.ADMIN, READ),
        Grant(Role.STAFF, CHANGE),
        Grant(Role.INTERNAL, CHANGE),
    )


class AssetPicture(Item):
    """The picture of an asset, for those who may see the asset and are signed in."""

    grants = (
        *(grant for grant in AssetResource.grants if grant.role is not ownership.VISITOR),
        Grant(ownership.VISITOR.held_by(Role.SIGNED_IN, SIGNED_IN_VISITOR), READ),
    )


class AssetOriginal(Item):
    """The file of an asset as it was sent, which may tell where it was taken."""

    grants = (Grant(Role.INTERNAL, READ),)


class AssetInsight(Item):
    """What only those who look after the site need to know of an asset."""

    grants = (Grant(Role.STAFF, READ), Grant(Role.INTERNAL, READ))


class AssetPlaces(Collection):
    """Assets once more, as something that can be seen of each of them."""

    model = Asset


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
    """All assets. Any signed-in user may patch several; the grants of each decide in the end."""

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
