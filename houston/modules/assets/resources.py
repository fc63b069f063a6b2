"""The branch `assets` of the resource tree, and the grants of assets and their files."""

from typing import ClassVar

from houston.core.security.grants import Grant, Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.assets.models import (
    ASSET_CURATOR,
    ASSET_EDITOR,
    ASSET_OWNER,
    ASSET_VIEWER,
    FORMATS,
    PUBLIC_ASSET_ADMIN,
    PUBLIC_ASSET_RESEARCHER,
    PUBLIC_ASSET_VISITOR,
    Asset,
)

PUBLIC_ASSET_USER = PUBLIC_ASSET_VISITOR.held_by(
    Role.SIGNED_IN, "any signed-in user, where the public reported the asset"
)
READ = (Permission.READ,)
ANNOTATE = (Permission.READ, Permission.CREATE)
CHANGE = (*ANNOTATE, Permission.WRITE)


class AssetResource(Item):
    """One asset. To create is to annotate it, as whoever curates its sighting does."""

    grants: ClassVar[tuple[Grant, ...]] = (
        Grant(ASSET_OWNER, CHANGE),
        Grant(ASSET_VIEWER, READ),
        Grant(ASSET_EDITOR, CHANGE),
        Grant(PUBLIC_ASSET_RESEARCHER, CHANGE),
        Grant(PUBLIC_ASSET_ADMIN, CHANGE),
        Grant(PUBLIC_ASSET_VISITOR, READ),
        Grant(ASSET_CURATOR, ANNOTATE),
        Grant(Role.RESEARCHER, READ),
        Grant(Role.ADMIN, ANNOTATE),
        Grant(Role.STAFF, CHANGE),
        Grant(Role.INTERNAL, CHANGE),
    )


class AssetPicture(Item):
    """The picture of an asset, for signed-in callers who may read the asset."""

    grants = (
        *(grant for grant in AssetResource.grants if grant.role is not PUBLIC_ASSET_VISITOR),
        Grant(PUBLIC_ASSET_USER, READ),
    )


class AssetOriginal(Item):
    """The original file of an asset, whose metadata may contain the location.

    Its owner, who has sent it, can save it whatever its state is.
    """

    grants = (Grant(ASSET_OWNER, READ), Grant(Role.INTERNAL, READ))


class AssetDetails(Item):
    """The details of an asset that only developers of the site need."""

    grants = (Grant(Role.STAFF, READ), Grant(Role.INTERNAL, READ))


class AssetFormat(Collection):
    """The pictures of assets in one format."""

    model = Asset
    item = AssetPicture


class AssetPictures(AssetFormat):
    """The pictures of assets; its children are the formats."""

    children = dict.fromkeys(FORMATS, AssetFormat)


class AssetOriginals(Collection):
    """The original files of assets."""

    model = Asset
    item = AssetOriginal


class AssetDebugging(Collection):
    """The details of assets."""

    model = Asset
    item = AssetDetails


class AssetCollection(Collection):
    """All assets. Any signed-in user may patch several; the grants of each asset decide."""

    noun = "assets"
    model = Asset
    item = AssetResource
    children = {
        "search": Resource,
        "src": AssetPictures,
        "src_raw": AssetOriginals,
        "debug": AssetDebugging,
    }
    grants = (
        Grant(Role.SIGNED_IN, (Permission.WRITE,)),
        Grant(Role.ADMIN, (Permission.LIST,)),
        Grant(Role.STAFF, (Permission.LIST,)),
        Grant(Role.INTERNAL, (Permission.LIST,)),
    )
