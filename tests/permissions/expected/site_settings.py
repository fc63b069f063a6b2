"""Site settings: all may read; administrators, developers and machine accounts change them."""

from typing import Any

from tests.permissions.expected import Cast

EXPECTED = {
    "get_site_settings": "200 200 200 200 200 200 200 200 200 200 200",
    "set_site_settings": "401 403 403 403 403 403 403 200 200 200 403",
    "remove_from_site_settings": "401 403 403 403 403 403 403 422 422 422 403",
    "get_site_setting": "200 200 200 200 200 200 200 200 200 200 200",
    "set_site_setting": "401 403 403 403 403 403 403 422 422 422 403",
    "reset_site_setting": "401 403 403 403 403 403 403 204 204 204 403",
    "get_sentry_setting": "200 200 200 200 200 200 200 200 200 200 200",
    "get_site_heartbeat": "200 200 200 200 200 200 200 200 200 200 200",
    "get_site_info": "200 200 200 200 200 200 200 200 200 200 200",
    "get_public_data": "200 200 200 200 200 200 200 200 200 200 200",
    "get_detection": "200 200 200 200 200 200 200 200 200 200 200",
    "get_ia_classes": "200 200 200 200 200 200 200 200 200 200 200",
    "try_site_agent": "401 403 403 403 403 403 403 200 200 200 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    return {"key": "site.name", "agent": "intelligent_agent_twitterbot"}
