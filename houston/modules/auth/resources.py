"""The branch `auth` of the resource tree: clients and tokens belong to their owners alone."""

from houston.core.security.grants import Caller, Grant, LocalRole, Permission
from houston.core.tree import Collection, Found, Item, Resource
from houston.domain.roles import Role
from houston.modules.auth.models import Client, Token

CLIENT_OWNER = LocalRole("its owner", Client, Client.user_id == Caller.id)
TOKEN_OWNER = LocalRole("its owner", Token, Token.user_id == Caller.id)


class ClientSecret(Resource):
    """The secret of an OAuth2 client, which acts for the owner alone."""

    closed = True
    grants = (Grant(CLIENT_OWNER, (Permission.CREATE,)),)


class ClientResource(Item):
    """An OAuth2 client."""

    children = {"secret": ClientSecret}
    grants = (
        Grant(CLIENT_OWNER, (Permission.READ, Permission.WRITE, Permission.DELETE)),
        Grant(Role.ADMIN, (Permission.READ, Permission.WRITE, Permission.DELETE)),
    )


class ClientCollection(Collection):
    """The OAuth2 clients; administrators alone create clients of the site."""

    model = Client
    item = ClientResource
    grants = (
        Grant(Role.SIGNED_IN, (Permission.LIST, Permission.CREATE)),
        Grant(Role.ADMIN, (Permission.ADMINISTER,)),
    )


class TokenResource(Item):
    """A token."""

    grants = (
        Grant(TOKEN_OWNER, (Permission.READ, Permission.DELETE)),
        Grant(Role.ADMIN, (Permission.READ, Permission.DELETE)),
    )


class TokenCollection(Collection):
    """The tokens."""

    model = Token
    item = TokenResource
    grants = (Grant(Role.SIGNED_IN, (Permission.LIST,)),)


class OwnCredentials(Resource):
    """The credentials that callers make for themselves, and end."""

    grants = (Grant(Role.SIGNED_IN, (Permission.CREATE, Permission.DELETE)),)


class CodeCollection(Collection):
    """The mailed codes, each under its text."""

    item = Item

    def find(self, key: str) -> Found:
        """The text itself; the views look up the code."""
        return Found(key)


class OAuth2(Resource):
    """The endpoints of OAuth2, which authenticate clients by themselves."""

    children = dict.fromkeys(("token", "revoke", "introspect", "authorize"), Resource)


class Auth(Resource):
    """The branch `auth`."""

    noun = "auth"
    children = {
        "oauth2": OAuth2,
        "clients": ClientCollection,
        "tokens": TokenCollection,
        "revoke": Resource,
        "personal_tokens": OwnCredentials,
        "sessions": OwnCredentials,
        "code": CodeCollection,
        "recaptcha": Resource,
    }


class Logout(Resource):
    """The address of the form by which pages sign out."""

    noun = "auth"


class WellKnown(Resource):
    """The well-known addresses (RFC 8615)."""

    children = {"oauth-authorization-server": Resource}
