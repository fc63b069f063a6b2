"""Site settings: all may read, and administrators, developers and machines change."""

from typing import Any

from tests.permissions.expected import Cast

EXPECTED = {
    "get_site_settings": "ok ok ok ok ok ok ok ok ok ok ok",
    "set_site_settings": "401 403 403 403 403 403 403 ok ok ok 403",
    "remove_from_site_settings": "401 403 403 403 403 403 403 ok ok ok 403",
    "get_site_setting": "ok ok ok ok ok ok ok ok ok ok ok",
    "set_site_setting": "401 403 403 403 403 403 403 ok ok ok 403",
    "reset_site_setting": "401 403 403 403 403 403 403 ok ok ok 403",
    "get_sentry_setting": "ok ok ok ok ok ok ok ok ok ok ok",
    "get_site_heartbeat": "ok ok ok ok ok ok ok ok ok ok ok",
    "get_site_info": "ok ok ok ok ok ok ok ok ok ok ok",
    "get_public_data": "ok ok ok ok ok ok ok ok ok ok ok",
    "get_detection": "ok ok ok ok ok ok ok ok ok ok ok",
    "get_ia_classes": "ok ok ok ok ok ok ok ok ok ok ok",
    "try_site_agent": "401 403 403 403 403 403 403 ok ok ok 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    return {"key": "site.name", "agent": "intelligent_agent_twitterbot"}
