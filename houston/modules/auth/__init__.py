"""Auth: who is calling, and what he lets programs do for him.

OAuth2 clients ask for tokens; a token acts for its user within its scopes, expires, and can be
revoked. Personal access tokens are for one's own scripts. Browsers have sessions with a cookie
instead, which carry all scopes. Clients and tokens are seen and changed by their owners, and by
administrators. What belongs to an account ends when it is deactivated or its password changes.
"""

from typing import Any

from houston.core.settings import Setting, kinds

REQUIRES = ("users",)

SETTINGS = (
    Setting(
        "houston.session.lifetime",
        kinds.POSITIVE,
        "The time after which an unused session of a browser ends, in seconds.",
        default="1209600",
    ),
    Setting(
        "houston.oauth2.allow_credentials_in_url",
        kinds.BOOLEAN,
        "Accept passwords and secrets in the query string, which servers write to logs.",
        default="false",
        in_production=kinds.OFF,
    ),
    Setting(
        "houston.oauth2.access_token_lifetime",
        kinds.POSITIVE,
        "The lifetime of an access token, in seconds.",
        default="3600",
    ),
    Setting(
        "houston.oauth2.refresh_token_lifetime",
        kinds.POSITIVE,
        "The lifetime of a refresh token, in seconds.",
        default="2592000",
    ),
)

TOKEN_URL = {"tokenUrl": "/auth/oauth2/token"}
SECURITY_SCHEMES: dict[str, dict[str, Any]] = {
    "oauth2": {
        "type": "oauth2",
        "flows": {
            "password": TOKEN_URL,
            "clientCredentials": TOKEN_URL,
            "authorizationCode": {"authorizationUrl": "/auth/oauth2/authorize", **TOKEN_URL},
        },
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "session",
        "description": "For browsers: `POST /api/v1/auth/sessions` sets it.",
    },
}
"""The ways in which callers are recognised, as OpenAPI 3.1 has them."""


def includeme(config: Any) -> None:
    """Recognise callers, and register the branch `auth` with its operations."""
    from houston.core.services import services_of
    from houston.core.settings import Settings
    from houston.modules.auth import resources
    from houston.modules.auth.cookies import SessionCookies
    from houston.modules.auth.services import tokens
    from houston.modules.auth.sources import BearerSource, CookieSource
    from houston.modules.auth.usage import Usage
    from houston.modules.users import events

    services = services_of(config)
    settings = services[Settings]
    cookies = SessionCookies(settings)
    usage = Usage(services, settings["houston.session.lifetime"])
    cookie_source = CookieSource(settings, cookies, usage)
    for part in (cookies, usage, cookie_source):
        services.add(part)
    config.add_identity_source(BearerSource(usage))
    config.add_identity_source(cookie_source)
    config.add_event_subscriber(events.PasswordChanged, tokens.revoke_all_on_password_change)
    config.add_event_subscriber(events.UserDeactivated, tokens.revoke_all_on_deactivation)
    for name, scheme in SECURITY_SCHEMES.items():
        config.add_security_scheme(name, scheme)
    config.add_branch("auth", resources.Auth)
    config.add_branch("logout", resources.Logout)
    config.add_branch(".well-known", resources.WellKnown)
    config.scan(".views")
