"""What comes in, what goes out, and what PATCH may touch."""

from typing import Any

from colander import Invalid, drop

from houston.core.api.patch import PatchSchema
from houston.core.schema.nodes import (
    Boolean,
    Choice,
    Guid,
    Instant,
    Integer,
    ListOf,
    Password,
    Schema,
    String,
    Url,
)
from houston.modules.auth.models import ClientLevel, Token

SCOPE = String(1, 80, pattern=r"[\w.-]+:[\w-]+")
SCOPES_ARE = "Such as `users:read`; the document of the API lists them with its security."


class NewClientSchema(Schema):
    """A new OAuth2 client."""

    default_scopes = ListOf(SCOPE, min_items=1, max_items=200, unique=True, description=SCOPES_ARE)
    redirect_uris = ListOf(
        Url(), max_items=20, unique=True, missing=(), description="Compared letter by letter."
    )
    name = String(0, 120, missing="", description="What its users are shown.")
    level = Choice(ClientLevel, missing=ClientLevel.PUBLIC)
    first_party = Boolean(
        missing=False,
        description="Whether it may ask people for their passwords; for administrators to say.",
    )


class ClientSchema(Schema):
    """An OAuth2 client."""

    guid = Guid()
    client_id = String(1, 80, description="What it names itself by; the guid, save for some.")
    user_guid = Guid(description="Its owner.")
    name = String(0, 120)
    level = Choice(ClientLevel)
    first_party = Boolean()
    default_scopes = ListOf(SCOPE)
    redirect_uris = ListOf(Url())
    created = Instant()
    updated = Instant()


class CreatedClientSchema(ClientSchema):
    """A new OAuth2 client with its secret, which is not shown again."""

    secret = Password(description="Keep it: it is not shown again.")


class ClientPatch(PatchSchema):
    """What may be changed of an OAuth2 client."""

    name = String(0, 120)
    default_scopes = ListOf(SCOPE, min_items=1, max_items=200, unique=True, association=True)
    redirect_uris = ListOf(Url(), max_items=20, unique=True, association=True)


def client_name(token: Token) -> str | None:
    """The name of the client that a token was issued to, or its id if it has none."""
    client = token.client
    return None if client is None else client.name or client.client_id


class TokenSchema(Schema):
    """A token that was issued, without the token itself."""

    guid = Guid()
    name = String(0, 120, description="What its owner calls it, if it is a personal one.")
    client = String(nullable=True, compute=client_name, description="Who it is for.")
    scopes = ListOf(SCOPE)
    created = Instant()
    expires = Instant(nullable=True)
    last_used = Instant(nullable=True, description="To about a minute.")


class NewPersonalTokenSchema(Schema):
    """A new personal access token."""

    name = String(1, 120, description="What it is for.")
    scopes = ListOf(SCOPE, min_items=1, max_items=200, unique=True, description=SCOPES_ARE)
    expires = Instant(missing=None, nullable=True, description="Null is never.")


class PersonalTokenSchema(TokenSchema):
    """A new personal access token, which is not shown again."""

    access_token = Password(description="Keep it: it is not shown again.")


class SignInSchema(Schema):
    """Who signs in: one of the two names, and the password."""

    email = String(1, 120, missing=drop, description="The e-mail or the username.")
    username = String(1, 120, missing=drop, description="The username or the e-mail.")
    password = Password()

    def validator(self, node: Any, values: dict[str, Any]) -> None:
        """One name, and only one."""
        if len(values.keys() & {"email", "username"}) != 1:
            wrong = Invalid(node)
            wrong.add(Invalid(node["email"], "Give either this or the username."))
            raise wrong


class SessionSchema(Schema):
    """What became of a sign-in."""

    success = Boolean(compute=lambda _message: True)
    message = String(compute=str)


class RecaptchaSchema(Schema):
    """What a page needs to show reCAPTCHA."""

    recaptcha_public_key = String(nullable=True, compute=lambda key: key or None)


class MessageSchema(Schema):
    """A sentence for people."""

    message = String(compute=str)


class CodeSchema(Schema):
    """What goes with a code."""

    password = Password(missing="", description="The new one, for a code that resets it.")


class ClientCredentialsSchema(Schema):
    """How a client names itself, if not by HTTP Basic."""

    client_id = String(missing=drop)
    client_secret = Password(missing=drop)


class TokenRequestSchema(ClientCredentialsSchema):
    """RFC 6749: what each grant type needs."""

    grant_type = Choice(
        ["password", "refresh_token", "client_credentials", "authorization_code"],
        missing=drop,
        description="May also be in the query.",
    )
    username = String(missing=drop)
    password = Password(missing=drop)
    refresh_token = Password(missing=drop)
    code = Password(missing=drop)
    code_verifier = String(missing=drop)
    redirect_uri = Url(missing=drop)
    scope = String(max=4096, missing=drop, description="Fewer scopes than the client's.")


class TokensSchema(Schema):
    """RFC 6749, section 5.1."""

    token_type = String()
    access_token = Password()
    refresh_token = Password(missing=drop)
    expires_in = Integer(description="Seconds.")
    scope = String(max=4096)


class TokenFormSchema(ClientCredentialsSchema):
    """A token to revoke, or to ask about."""

    token = Password()
    token_type_hint = String(missing=drop)


class IntrospectionSchema(Schema):
    """RFC 7662, section 2.2."""

    active = Boolean()
    scope = String(max=4096, missing=drop)
    client_id = String(missing=drop)
    username = String(missing=drop)
    token_type = String(missing=drop)
    exp = Integer(missing=drop)
    iat = Integer(missing=drop)
    sub = String(missing=drop)


class AuthorizationSchema(Schema):
    """RFC 6749, section 4.1.1, and RFC 7636, section 4.3."""

    response_type = Choice(["code"])
    client_id = String()
    redirect_uri = Url(missing=drop, description="One of the client's; needed for many.")
    scope = String(max=4096, missing=drop, description="Fewer scopes than the client's.")
    state = String(max=4096, missing=drop)
    code_challenge = String(43, 128)
    code_challenge_method = Choice(["S256"])


class ConsentSchema(Schema):
    """The form of the consent page."""

    decision = Choice(["allow", "deny"], missing=drop)
    username = String(missing=drop)
    password = Password(missing=drop)
