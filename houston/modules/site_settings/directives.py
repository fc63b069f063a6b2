"""The directives by which modules declare settings, and register functions that settings call."""

from operator import itemgetter

from pyramid.config import Configurator
from sqlalchemy import ColumnElement

from houston.core.schema.nodes import Boolean
from houston.core.services import services_of
from houston.modules.site_settings import registry, schemas


def add_site_setting(config: Configurator, key: registry.Key) -> None:
    """Declare a key, after those that its check refers to: `config.add_site_setting(Key(...))`."""
    keys = _registry_of(config).keys
    config.action(("houston.site_setting", key.name), keys.__setitem__, args=(key.name, key))
    config.contribute(schemas.SiteSettingsSchema, key.name, schemas.EntrySchema(key))
    config.contribute(schemas.NewSettingsSchema, key.name, key.input_node())


def add_site_flag(
    config: Configurator, name: str, condition: ColumnElement[bool], description: str
) -> None:
    """Add a flag to the settings that clients read and cannot change.

    An index should answer the condition: it is a part of the statement that reads the settings.
    """
    flags = _registry_of(config).flags
    config.action(("houston.site_flag", name), flags.__setitem__, args=(name, condition))
    node = Boolean(compute=itemgetter(name), description=description)
    config.contribute(schemas.SiteSettingsSchema, name, node)


def add_setting_publication(config: Configurator, name: str, publish: registry.Publication) -> None:
    """Complete the value of a key among all settings, unless it is empty.

    `publish(services, db, value)` returns the value that clients get.
    """
    publications = _registry_of(config).publications
    discriminator = ("houston.setting_publication", name)
    config.action(discriminator, publications.__setitem__, args=(name, publish))


def add_setting_usage(
    config: Configurator,
    kind: str,
    usage: registry.Usage,
    clearing: registry.Clearing | None = None,
) -> None:
    """Protect ids that objects use, such as `regions` or `customFields.Sighting`, from removal.

    Args:
        kind: The kind of the ids.
        usage: The function that counts the objects that use each of some ids.
        clearing: The function that deletes the values that objects have of an id, when an
            administrator removes it nevertheless.
    """
    _registry_of(config).usages.setdefault(kind, []).append(usage)
    if clearing is not None:
        _registry_of(config).clearings.setdefault(kind, []).append(clearing)


def add_public_count(config: Configurator, name: str, count: registry.Count) -> None:
    """Add a number that everybody may know: `config.add_public_count("num_users", function)`."""
    counts = _registry_of(config).counts
    config.action(("houston.public_count", name), counts.__setitem__, args=(name, count))


def add_reference_check(config: Configurator, kind: str, check: registry.ReferenceCheck) -> None:
    """Let custom fields of a display type, such as `individual`, refer to objects."""
    references = _registry_of(config).references
    config.action(("houston.reference", kind), references.__setitem__, args=(kind, check))


def _registry_of(config: Configurator) -> registry.SettingsRegistry:
    return services_of(config)[registry.SettingsRegistry]


def includeme(config: Configurator) -> None:
    """Add the directives."""
    for directive in (
        add_site_setting,
        add_site_flag,
        add_setting_publication,
        add_setting_usage,
        add_public_count,
        add_reference_check,
    ):
        config.add_directive(directive.__name__, directive)
