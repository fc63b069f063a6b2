"""The branch `site-settings` of the tree: all may ask, few may change, fewer see all of it."""

from houston.core.security.grants import Grant
from houston.core.security.permissions import Permission
from houston.core.tree import Collection, Found, Item, Resource
from houston.domain.roles import Role
from houston.modules.site_settings.keys import KEYS

CHANGE = (Permission.WRITE, Permission.DELETE)
CHANGERS = (Role.ADMIN, Role.STAFF, Role.INTERNAL)
GRANTS = (
    *(Grant(role, CHANGE) for role in CHANGERS),
    Grant(Role.ADMIN, (Permission.READ,)),
)
"""READ is seeing private values; the others are open to everybody."""


class SettingResource(Item):
    """One key; its row is its line in the table of keys."""

    grants = GRANTS


class SettingCollection(Collection):
    """All keys."""

    item = SettingResource
    grants = GRANTS

    def find(self, key: str) -> Found | None:
        """The key of this name."""
        return Found(KEYS[key]) if key in KEYS else None


class AgentTest(Item):
    """Trying out one agent; its row is its name, be there such an agent or not."""

    grants = tuple(Grant(role, (Permission.READ,)) for role in CHANGERS)


class AgentTests(Collection):
    """Trying out what acts by itself on behalf of the site."""

    item = AgentTest

    def find(self, key: str) -> Found:
        """The name as it is."""
        return Found(key)


class SiteSettings(Resource):
    """The settings, and what everybody may know of the site."""

    noun = "site-settings"
    children = {
        "data": SettingCollection,
        "heartbeat": Resource,
        "site-info": Resource,
        "public-data": Resource,
        "detection": Resource,
        "ia_classes": Resource,
        "test": AgentTests,
    }
