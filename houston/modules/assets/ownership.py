"""What a caller is to what belongs to the owner of an asset."""

from collections.abc import Iterator

from houston.core.security.grants import LocalRole
from houston.core.security.identity import Identity
from houston.modules.assets.models import Asset


class OwnershipRole(LocalRole):
    """What a caller is to an asset."""

    OWNER = "the owner of the asset"
    CURATOR = "researchers, where its owner is none; administrators, where the public reported it"
    VISITOR = "anybody, where the public has reported it"


def ownership_of(asset: Asset, identity: Identity) -> Iterator[str]:
    """What somebody who is signed in is to an asset."""
    account = identity.account
    if account.guid == asset.owner_guid:
        yield OwnershipRole.OWNER
    is_curator = account.is_researcher and not asset.is_of_researcher
    if is_curator or (account.is_admin and asset.is_public):
        yield OwnershipRole.CURATOR


def visitors_of(asset: Asset) -> Iterator[str]:
    """What everybody is to an asset, signed in or not."""
    if asset.is_public:
        yield OwnershipRole.VISITOR
