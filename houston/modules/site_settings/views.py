"""The operations of site settings."""

from collections.abc import Mapping, Sequence
from typing import Any

from houston.core.api.operation import JSON, JSON_PATCH
from houston.core.api.service import Service
from houston.core.http.request import Request
from houston.core.schema.nodes import ListOf
from houston.core.security.grants import Permission
from houston.modules.image_analysis.interface import ImageAnalysis
from houston.modules.site_settings import changes, schemas, services
from houston.modules.site_settings.registry import Visibility

settings = Service("site_settings", "/site-settings/data")
setting = Service("site_setting", "/site-settings/data/{key}")
sentry = Service("site_sentry_setting", "/site-settings/data/sentryDsn")
heartbeat = Service("site_heartbeat", "/site-settings/heartbeat")
site_info = Service("site_info", "/site-settings/site-info")
public_data = Service("site_public_data", "/site-settings/public-data")
detection = Service("site_detection", "/site-settings/detection")
ia_classes = Service("site_ia_classes", "/site-settings/ia_classes")
agent_test = Service("site_agent_test", "/site-settings/test/{agent}")


@settings.get(Permission.PUBLIC, returns=schemas.SiteSettingsSchema())
def get_site_settings(request: Request) -> Mapping[str, Any]:
    """Read all settings, with the values of those that the caller is shown.

    Administrators read private ones as well. The values of secret ones are never returned: `isSet`
    says whether there is one.
    `site.species` has the species that the image analysis knows in `suggestedValues`.
    """
    return services.all_settings(request.services, request.db, _audience(request))


@settings.post(
    Permission.WRITE,
    body=schemas.NewSettingsBodySchema(),
    consumes=(JSON,),
    returns=schemas.NothingSchema(),
    errors=(changes.SettingsConflict,),
)
def set_site_settings(request: Request) -> None:
    """Change several settings, all or none.

    The body has the new values by key, by themselves or below `value`. Null resets a key to its
    default, except where the caller is not shown its value: there it changes nothing. A file is
    named by the `transactionId` and, where there are several, the `transactionPath` of its upload.
    Ids in use can neither be changed nor removed: 409.
    """
    values, audience = request.validated["body"], _audience(request)
    changes.change(request.services, request.db, request.caller, values, audience)


@settings.patch(
    Permission.DELETE,
    body=ListOf(schemas.RemovalSchema(), max_items=schemas.MAX_OPERATIONS),
    consumes=(JSON, JSON_PATCH),
    returns=schemas.NothingSchema(),
    errors=(changes.SettingsConflict,),
)
def remove_from_site_settings(request: Request) -> None:
    """Reset keys to their defaults, or remove definitions of custom fields, all or none.

    A definition of which objects have values stays: 409, with their number in `numValues`; with
    `force`, the values are deleted, too.
    """
    changes.remove(request.services, request.db, request.caller, request.validated["body"])


@setting.get(Permission.PUBLIC, returns=schemas.SettingSchema())
def get_site_setting(request: Request) -> Mapping[str, Any]:
    """Read one setting; its value is null for those who are not shown it. A file's is a guid."""
    return services.single(request.services, request.db, request.context.row, _audience(request))


@setting.post(
    Permission.WRITE,
    body=schemas.NewValueSchema(),
    consumes=(JSON,),
    returns=schemas.SettingSchema(),
    errors=(changes.SettingsConflict,),
)
def set_site_setting(request: Request) -> Mapping[str, Any]:
    """Change one setting, as when several are changed."""
    key, audience = request.context.row, _audience(request)
    values = {key.name: request.validated["body"]["value"]}
    changes.change(request.services, request.db, request.caller, values, audience)
    return services.single(request.services, request.db, key, audience)


@setting.delete(Permission.DELETE, errors=(changes.SettingsConflict,))
def reset_site_setting(request: Request) -> None:
    """Reset a key to its default; the secret or the file that is its value is deleted."""
    values = {request.context.row.name: None}
    changes.change(request.services, request.db, request.caller, values)


@sentry.get(Permission.PUBLIC, returns=schemas.SentrySchema())
def get_sentry_setting(request: Request) -> Mapping[str, Any]:
    """Read the address to which the web client reports errors, before anything else."""
    return services.single(request.services, request.db, request.context.row, _audience(request))


@heartbeat.get(Permission.PUBLIC, returns=schemas.HeartbeatSchema())
def get_site_heartbeat(request: Request) -> Mapping[str, Any]:
    """Read the version of the running release."""
    return services.release(request.services)


@site_info.get(Permission.PUBLIC, returns=schemas.SiteInfoSchema())
def get_site_info(request: Request) -> Mapping[str, Any]:
    """Read the versions of the running release and of the image analysis."""
    with_address = bool(request.has_permission(Permission.READ))
    return services.site_info(request.services, with_address=with_address)


@public_data.get(Permission.PUBLIC, returns=schemas.PublicDataSchema())
def get_public_data(request: Request) -> Mapping[str, int]:
    """Read the numbers of public objects."""
    return services.public_counts(request.services, request.db)


@detection.get(Permission.PUBLIC, returns=schemas.DetectionSchema())
def get_detection(request: Request) -> Mapping[str, Any]:
    """Read the detectors, with the species that each finds in photographs."""
    return request.services[ImageAnalysis].catalogue.detection_config()


@ia_classes.get(Permission.PUBLIC, returns=schemas.IaClassesSchema())
def get_ia_classes(request: Request) -> Sequence[str]:
    """List the classes that annotations can have, in alphabetical order."""
    return request.services[ImageAnalysis].catalogue.ia_classes()


@agent_test.get(Permission.READ, returns=schemas.AgentTestSchema())
def try_site_agent(request: Request) -> Mapping[str, Any]:
    """Test an agent, which acts on behalf of the site, such as `intelligent_agent_twitterbot`.

    This server has none, so that no test succeeds.
    """
    return services.test_agent(request.services, request.db, request.context.row)


def _audience(request: Request) -> Visibility:
    if request.has_permission(Permission.READ):
        return Visibility.PRIVATE
    return Visibility.PUBLIC if request.identity is None else Visibility.SIGNED_IN
