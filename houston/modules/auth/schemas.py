"""The schemas of clients, tokens, sessions and codes, and of the OAuth2 endpoints.

OAuth2 requests are validated by oauthlib, which answers with the errors of RFC 6749; their schemas
here document them.
"""

from datetime import datetime
from typing import Any

from colander import Invalid, drop

from houston.core.api.patch import PatchSchema
from houston.core.db.types import utc_now
from houston.core.schema.nodes import (
    Boolean,
    Choice,
    Guid,
    Instant,
    Integer,
    Line,
    ListOf,
    Password,
    Schema,
    String,
    Url,
)
from houston.core.security.grants import Permission
from houston.modules.auth.addresses import is_redirect_uri
from houston.modules.auth.models import ClientLevel
from houston.modules.auth.provider import GRANT_TYPES

SCOPE = String(1, 80, pattern=r"[\w.-]+:[\w-]+")
SCOPE_NAMES = "Such as `users:read`; the API document lists them with its security schemes."


def _check_redirect_uri(node: Any, address: str) -> None:
    """Refuse an address that is neither encrypted, nor of the same machine, nor of an app.

    RFC 6749, section 3.1.2, and RFC 8252, sections 7.1 to 7.3.
    """
    if not is_redirect_uri(address):
        raise Invalid(
            node,
            "Must be an https address, an http address of the same machine, or for a public client "
            "an address such as org.example.app:/path; without a fragment.",
        )


def _check_future(node: Any, time: datetime) -> None:
    if time <= utc_now():
        raise Invalid(node, "Must be in the future.")


def _scopes(**options: Any) -> ListOf:
    return ListOf(SCOPE, min_items=1, max_items=200, unique=True, **options)


def _redirect_uris(**options: Any) -> ListOf:
    uri = String(1, 2048, validators=[_check_redirect_uri])
    return ListOf(uri, max_items=20, unique=True, **options)


class AuthorizationServerSchema(Schema):
    """The metadata of this authorization server (RFC 8414)."""

    from_mapping = True
    issuer = Url()
    authorization_endpoint = Url()
    token_endpoint = Url()
    revocation_endpoint = Url()
    introspection_endpoint = Url()
    scopes_supported = ListOf(String())
    response_types_supported = ListOf(String())
    grant_types_supported = ListOf(String())
    code_challenge_methods_supported = ListOf(String())
    token_endpoint_auth_methods_supported = ListOf(String())
    revocation_endpoint_auth_methods_supported = ListOf(String())
    introspection_endpoint_auth_methods_supported = ListOf(String())
    service_documentation = Url()


class NewClientSchema(Schema):
    """A new OAuth2 client."""

    default_scopes = _scopes(description=SCOPE_NAMES)
    redirect_uris = _redirect_uris(
        missing=(),
        description=(
            "A redirection must match one of them exactly, but for the port of a loopback address."
        ),
    )
    name = Line(0, 120, missing="", description="The name that users see.")
    level = Choice(ClientLevel, missing=ClientLevel.PUBLIC)
    first_party = Boolean(
        missing=False,
        permission=Permission.ADMINISTER,
        description="Whether it may ask users for their passwords; administrators alone set it.",
    )


class ClientSchema(Schema):
    """An OAuth2 client."""

    guid = Guid()
    client_id = String(1, 80, description="The client identifier; by default the guid.")
    user_guid = Guid(source="user.guid", description="The guid of the owner.")
    name = String(0, 120)
    level = Choice(ClientLevel)
    first_party = Boolean()
    default_scopes = ListOf(SCOPE)
    redirect_uris = ListOf(String(max=2048))
    created = Instant()
    updated = Instant()


class CreatedClientSchema(ClientSchema):
    """A new OAuth2 client with its secret, which is not shown again."""

    secret = Password(description="The secret of the client; it is not shown again.")


class ClientPatch(PatchSchema):
    """The fields of an OAuth2 client that can be changed."""

    name = Line(0, 120)
    default_scopes = _scopes(association=True)
    redirect_uris = _redirect_uris(association=True)


class TokenSchema(Schema):
    """A token, without the token itself."""

    guid = Guid()
    name = String(0, 120, description="The name of a personal access token.")
    client = String(
        nullable=True,
        compute=lambda token: token.client and (token.client.name or token.client.client_id),
        description="The name of the client.",
    )
    scopes = ListOf(SCOPE)
    created = Instant()
    expires = Instant(nullable=True)
    last_used = Instant(nullable=True, description="Precise to about a minute.")


class NewPersonalTokenSchema(Schema):
    """A new personal access token."""

    name = Line(1, 120, description="The purpose of the token.")
    scopes = _scopes(description=SCOPE_NAMES)
    expires = Instant(
        missing=None, nullable=True, validator=_check_future, description="Null for never."
    )


class PersonalTokenSchema(TokenSchema):
    """A new personal access token, which is not shown again."""

    access_token = Password(description="The token; it is not shown again.")


class SignInSchema(Schema):
    """The credentials of a user: one of two names, and the password."""

    email = String(1, 120, missing=drop, description="The e-mail address or the username.")
    username = String(1, 120, missing=drop, description="The username or the e-mail address.")
    password = Password()

    def validator(self, node: Any, values: dict[str, Any]) -> None:
        """Require exactly one name."""
        if len(values.keys() & {"email", "username"}) != 1:
            invalid = Invalid(node)
            invalid.add(Invalid(node["email"], "Send either `email` or `username`, not both."))
            raise invalid


class SessionSchema(Schema):
    """The result of signing in or out."""

    success = Boolean(compute=lambda _message: True)
    message = String(compute=str)


class RecaptchaSchema(Schema):
    """The key with which pages show reCAPTCHA."""

    recaptcha_public_key = String(nullable=True, compute=lambda key: key or None)


class MessageSchema(Schema):
    """A sentence for people."""

    message = String(compute=str)


class CodeSchema(Schema):
    """The input that goes with a mailed code."""

    password = Password(missing="", description="The new password, for a code that resets it.")


class ClientCredentialsSchema(Schema):
    """The credentials of a client in a form, instead of HTTP Basic (RFC 6749, section 2.3.1)."""

    client_id = String(missing=drop)
    client_secret = Password(missing=drop)


class TokenRequestSchema(ClientCredentialsSchema):
    """The parameters of all grant types (RFC 6749, sections 4.1.3, 4.3.2, 4.4.2 and 6)."""

    grant_type = Choice(GRANT_TYPES, missing=drop, description="May also be in the query string.")
    username = String(missing=drop)
    password = Password(missing=drop)
    refresh_token = Password(missing=drop)
    code = Password(missing=drop)
    code_verifier = String(missing=drop)
    redirect_uri = String(max=2048, missing=drop)
    scope = String(max=4096, missing=drop, description="Some of the scopes of the client.")


class TokensSchema(Schema):
    """The tokens (RFC 6749, section 5.1)."""

    token_type = String()
    access_token = Password()
    refresh_token = Password(missing=drop)
    expires_in = Integer(description="In seconds.")
    scope = String(max=4096)


class TokenFormSchema(ClientCredentialsSchema):
    """The token to revoke (RFC 7009, section 2.1) or to introspect (RFC 7662, section 2.1)."""

    token = Password()
    token_type_hint = String(missing=drop)


class IntrospectionSchema(Schema):
    """The state of a token (RFC 7662, section 2.2)."""

    active = Boolean()
    scope = String(max=4096, missing=drop)
    client_id = String(missing=drop)
    username = String(missing=drop)
    token_type = String(missing=drop)
    exp = Integer(missing=drop)
    iat = Integer(missing=drop)
    sub = String(missing=drop)


class AuthorizationSchema(Schema):
    """The parameters of RFC 6749, section 4.1.1, and RFC 7636, section 4.3."""

    response_type = Choice(["code"])
    client_id = String()
    redirect_uri = String(max=2048, missing=drop, description="Required if the client has several.")
    scope = String(max=4096, missing=drop, description="Some of the scopes of the client.")
    state = String(max=4096, missing=drop)
    code_challenge = String(43, 128)
    code_challenge_method = Choice(["S256"])


class ConsentSchema(Schema):
    """The form of the consent page."""

    decision = Choice(["allow", "deny"], missing=drop)
    username = String(missing="")
    password = Password(missing="")
