"""The branch `keywords` of the resource tree, and the grants of keywords."""

from houston.core.security.grants import Grant, Permission
from houston.core.tree import Collection, Item, Part, Resource
from houston.domain.roles import Role
from houston.modules.keywords.models import Keyword


class KeywordTarget(Part):
    """The keyword that another is merged into; the grants of that other one decide."""

    children = {"merge": Resource}


class KeywordResource(Item, Collection):
    """One keyword; its children are the keywords that it can be merged into."""

    model = Keyword
    item = KeywordTarget
    grants = (
        Grant(Role.SIGNED_IN, (Permission.READ,)),
        Grant(Role.ADMIN, (Permission.DELETE,)),
        Grant(Role.STAFF, (Permission.WRITE, Permission.DELETE)),
        Grant(Role.INTERNAL, (Permission.WRITE, Permission.DELETE)),
    )


class KeywordCollection(Collection):
    """All keywords, which everybody may list."""

    noun = "keywords"
    model = Keyword
    item = KeywordResource
    grants = (
        Grant(Role.ANYONE, (Permission.LIST,)),
        Grant(Role.SIGNED_IN, (Permission.CREATE,)),
    )
