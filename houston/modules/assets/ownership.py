"""The local roles that callers have with an asset, and with what belongs to it."""

from pyramid.authorization import Everyone

from houston.core.security.grants import LocalRole
from houston.domain.roles import Role
from houston.modules.assets.models import Asset
from houston.modules.users.ownership import is_public, owner_role

PUBLIC = is_public(Asset.owner_guid)

OWNER = owner_role("the owner of the asset", Asset)
VISITOR = LocalRole("anyone, where the public reported the asset", Asset, PUBLIC, Everyone)
RESEARCHER = VISITOR.held_by(Role.RESEARCHER, "researchers, where the public reported the asset")
ADMIN = VISITOR.held_by(Role.ADMIN, "administrators, where the public reported the asset")
