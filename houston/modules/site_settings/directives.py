"""The directives by which modules declare settings, and register functions that settings call."""

from operator import itemgetter

from pyramid.config import Configurator
from sqlalchemy import ColumnElement

from houston.core.schema.nodes import Boolean
from houston.core.services import services_of
from houston.modules.site_settings.registry import (
    Count,
    Key,
    ReferenceCheck,
    SettingsRegistry,
    Usage,
)
from houston.modules.site_settings.schemas import (
    EntrySchema,
    NewSettingsSchema,
    SiteSettingsSchema,
)


def add_site_setting(config: Configurator, key: Key) -> None:
    """Declare a key: `config.add_site_setting(Key(...))`.

    Args:
        config: The configurator.
        key: The key; its place among the others is that of the declaration.
    """
    keys = services_of(config)[SettingsRegistry].keys
    discriminator = ("houston.site_setting", key.name)
    config.action(discriminator, keys.__setitem__, args=(key.name, key))
    config.contribute(SiteSettingsSchema, key.name, EntrySchema(key))
    config.contribute(NewSettingsSchema, key.name, key.input_node())


def add_site_flag(
    config: Configurator, name: str, condition: ColumnElement[bool], description: str
) -> None:
    """Add a flag to the settings that clients read and cannot change.

    Args:
        config: The configurator.
        name: The name among the settings.
        condition: The condition, which an index should answer: the statement that reads the
            settings has it.
        description: The description in the API document.
    """
    flags = services_of(config)[SettingsRegistry].flags
    config.action(("houston.site_flag", name), flags.__setitem__, args=(name, condition))
    node = Boolean(compute=itemgetter(name), description=description)
    config.contribute(SiteSettingsSchema, name, node)


def add_setting_usage(config: Configurator, kind: str, usage: Usage) -> None:
    """Protect ids in settings that objects use: `config.add_setting_usage("regions", function)`.

    Args:
        config: The configurator.
        kind: The kind of the ids: `species`, `regions`, or such as `customFields.Sighting`.
        usage: The function `usage(db, ids)` that returns the number of objects for each id.
    """
    usages = services_of(config)[SettingsRegistry].usages.setdefault(kind, [])
    config.action(None, usages.append, args=(usage,))


def add_public_count(config: Configurator, name: str, count: Count) -> None:
    """Add a number that everybody may know: `config.add_public_count("num_users", function)`."""
    counts = services_of(config)[SettingsRegistry].counts
    config.action(("houston.public_count", name), counts.__setitem__, args=(name, count))


def add_reference_check(config: Configurator, kind: str, check: ReferenceCheck) -> None:
    """Let custom fields refer to objects: `config.add_reference_check("individual", function)`.

    Args:
        config: The configurator.
        kind: The display type of the fields.
        check: The function `check(db, guid)` that returns whether there is such an object.
    """
    references = services_of(config)[SettingsRegistry].references
    config.action(("houston.reference", kind), references.__setitem__, args=(kind, check))


def includeme(config: Configurator) -> None:
    """Add the directives."""
    for directive in (
        add_site_setting,
        add_site_flag,
        add_setting_usage,
        add_public_count,
        add_reference_check,
    ):
        config.add_directive(directive.__name__, directive)
