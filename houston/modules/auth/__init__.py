"""Auth: authentication of callers, and OAuth2 clients with their tokens (RFC 6749).

A token acts for its user within its scopes, expires, and can be revoked. Personal access tokens are
for the scripts of a user. Browsers have sessions with a cookie, which have all scopes. Clients and
tokens can be seen and changed by their owners and by administrators; owners are mailed when a new
one can act for them. The tokens and sessions of a user end when the account is deactivated or its
password changes; the secrets of their clients do as well, unless they set the password themselves.
"""

from typing import Any

from houston.core.settings import Setting, kinds, safe

REQUIRES = ("users",)

SETTINGS = (
    Setting(
        "houston.session.lifetime",
        kinds.between(60, kinds.YEAR),
        "The time after which an unused session of a browser ends, in seconds.",
        default="1209600",
    ),
    Setting(
        "houston.session.max_lifetime",
        kinds.POSITIVE,
        "The time after which a session of a browser ends although it is used, in seconds.",
        default="2592000",
    ),
    Setting(
        "houston.oauth2.allow_credentials_in_url",
        kinds.BOOLEAN,
        "Accept passwords and secrets in the query string, which servers write to logs.",
        default="false",
        in_production=safe.OFF,
    ),
    Setting(
        "houston.oauth2.access_token_lifetime",
        kinds.between(60, 604_800),
        "The lifetime of an access token, in seconds.",
        default="3600",
    ),
    Setting(
        "houston.oauth2.refresh_token_lifetime",
        kinds.between(60, kinds.YEAR),
        "The lifetime of a refresh token, in seconds.",
        default="2592000",
    ),
    Setting(
        "houston.oauth2.refresh_grace",
        kinds.WHOLE,
        "The time in which a used refresh token gives the same new tokens again, in seconds: for "
        "simultaneous requests and lost responses. A later use revokes all tokens of the sign-in.",
        default="30",
    ),
)

TOKEN_URL = {"tokenUrl": "/auth/oauth2/token"}
OAUTH2_SCHEME: dict[str, Any] = {
    "type": "oauth2",
    "flows": {
        "password": TOKEN_URL,
        "clientCredentials": TOKEN_URL,
        "authorizationCode": {"authorizationUrl": "/auth/oauth2/authorize", **TOKEN_URL},
    },
}
"""The security scheme object of OpenAPI 3.1, without the scopes."""
SESSION_SCHEME: dict[str, Any] = {
    "type": "apiKey",
    "in": "cookie",
    "description": "For browsers: `POST /api/v1/auth/sessions` sets it.",
}


def includeme(config: Any) -> None:
    """Add the identity sources, the security schemes and the branches of the resource tree."""
    from houston.core.http.tweens import SecretPaths
    from houston.core.services import services_of
    from houston.core.settings import Settings
    from houston.modules.auth import resources, services
    from houston.modules.auth.browsers import Devices
    from houston.modules.auth.identity import BearerSource, CookieSource
    from houston.modules.auth.usage import Usage
    from houston.modules.users import events

    parts = services_of(config)
    settings = parts[Settings]
    usage = Usage(parts, settings["houston.session.lifetime"])
    cookies = CookieSource(settings, usage)
    parts.add(usage)
    parts.add(cookies)
    parts.add(Devices(settings))
    parts[SecretPaths].add("/auth/code/")
    config.add_identity_source(BearerSource(usage))
    config.add_identity_source(cookies)
    config.add_mail_templates("houston.modules.auth", "mail")
    for event in (events.PasswordChanged, events.UserDeactivated):
        config.add_event_subscriber(event, services.revoke_credentials)
    config.add_security_scheme("oauth2", OAUTH2_SCHEME)
    config.add_security_scheme("session", {**SESSION_SCHEME, "name": cookies.name})
    config.add_branch("auth", resources.Auth)
    config.add_branch("logout", resources.Logout)
    config.add_branch(".well-known", resources.WellKnown)
    config.scan(".views")
