"""The branch `auth` of the tree: clients and tokens are their owners' alone."""

from typing import Any

from houston.core.security.grants import Caller, Grant, LocalRole
from houston.core.security.permissions import Permission
from houston.core.tree import Collection, Found, Item, Resource
from houston.domain.roles import Role
from houston.modules.auth.models import Client, Token

ALL = (Permission.READ, Permission.WRITE, Permission.DELETE)


def owner_of(model: Any) -> LocalRole:
    """The relation of the user to whom clients or tokens belong."""
    return LocalRole("its owner", model, model.user_id == Caller.id)


class ClientResource(Item):
    """One OAuth2 client."""

    grants = (Grant(owner_of(Client), ALL), Grant(Role.ADMIN, ALL))


class ClientCollection(Collection):
    """The OAuth2 clients."""

    model = Client
    item = ClientResource
    grants = (Grant(Role.SIGNED_IN, (Permission.LIST, Permission.CREATE)),)


class TokenResource(Item):
    """One token that was issued."""

    grants = (
        Grant(owner_of(Token), (Permission.READ, Permission.DELETE)),
        Grant(Role.ADMIN, (Permission.READ, Permission.DELETE)),
    )


class TokenCollection(Collection):
    """The tokens that are good."""

    model = Token
    item = TokenResource
    grants = (Grant(Role.SIGNED_IN, (Permission.LIST,)),)


class PersonalTokens(Resource):
    """The tokens that a user makes for his own scripts."""

    grants = (Grant(Role.SIGNED_IN, (Permission.CREATE,)),)


class Sessions(Resource):
    """The sessions of browsers."""

    grants = (Grant(Role.SIGNED_IN, (Permission.DELETE,)),)


class CodeResource(Item):
    """A code that was mailed; its row is its text, for only a view that uses it looks it up."""


class CodeCollection(Collection):
    """The codes that were mailed."""

    item = CodeResource

    def find(self, key: str) -> Found:
        """The text, whatever it is."""
        return Found(key)


class OAuth2(Resource):
    """The endpoints of the protocol, which knows who is who by itself."""

    children = dict.fromkeys(("token", "revoke", "introspect", "authorize"), Resource)


class Auth(Resource):
    """All about credentials."""

    noun = "auth"
    children = {
        "oauth2": OAuth2,
        "clients": ClientCollection,
        "tokens": TokenCollection,
        "revoke": Resource,
        "personal_tokens": PersonalTokens,
        "sessions": Sessions,
        "code": CodeCollection,
        "recaptcha": Resource,
    }


class WellKnown(Resource):
    """What programs look for at a fixed address (RFC 8615)."""

    children = {"oauth-authorization-server": Resource}


class Logout(Resource):
    """Where a browser's form ends its session."""
