"""The branch `site-settings` of the tree, and its grants."""

from houston.core.security.grants import Grant, Permission
from houston.core.tree import Collection, Found, Item, Resource
from houston.domain.roles import Role
from houston.modules.site_settings.registry import SettingsRegistry

CHANGERS = (Role.ADMIN, Role.STAFF, Role.INTERNAL)
GRANTS = (
    *(Grant(role, (Permission.WRITE, Permission.DELETE)) for role in CHANGERS),
    Grant(Role.ADMIN, (Permission.READ,)),
)
"""READ is needed for private values alone; public ones are open to everybody."""


class SettingResource(Item):
    """One key; its row is its declaration."""

    grants = GRANTS


class SettingCollection(Collection):
    """All keys."""

    item = SettingResource
    grants = GRANTS

    def find(self, key: str) -> Found | None:
        """The key of this name."""
        declared = self.request.services[SettingsRegistry].keys.get(key)
        return None if declared is None else Found(declared)


class AgentTest(Item):
    """The test of one agent; its row is its name, even if there is no such agent."""

    grants = tuple(Grant(role, (Permission.READ,)) for role in CHANGERS)


class AgentTests(Collection):
    """The tests of agents, which act on behalf of the site."""

    item = AgentTest

    def find(self, key: str) -> Found:
        """The name itself."""
        return Found(key)


class SiteInfo(Resource):
    """The versions that run; READ is needed for the address of the image analysis alone."""

    grants = (Grant(Role.STAFF, (Permission.READ,)),)


class SiteSettings(Resource):
    """The settings, and public information about the site."""

    noun = "site-settings"
    children = {
        "data": SettingCollection,
        "heartbeat": Resource,
        "site-info": SiteInfo,
        "public-data": Resource,
        "detection": Resource,
        "ia_classes": Resource,
        "test": AgentTests,
    }
