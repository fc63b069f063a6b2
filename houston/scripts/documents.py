"""The generated pages of docs/: settings, site settings, permissions, stages and errors."""

from collections.abc import Iterable
from inspect import getdoc
from json import dumps
from pathlib import Path
from typing import Any

from invoke import task

from houston.config import declared_settings
from houston.core.api.openapi.description import Described, describe
from houston.core.errors import ApiError, Reason
from houston.core.security.grants import Permission
from houston.core.services import services_of
from houston.core.settings import Setting
from houston.modules.asset_groups.pipeline import states_page
from houston.modules.auth.provider import CODES
from houston.modules.site_settings.registry import Key, SettingsRegistry
from houston.scripts.application import CONFIG_HELP, registry_of

FOLDER = Path("docs")


@task(default=True, help=CONFIG_HELP)
def write(_context: Any, config: str | None = None) -> None:
    """Write the generated pages of docs/."""
    registry = registry_of(config)
    (FOLDER / "settings.md").write_text(settings_page())
    (FOLDER / "site_settings.md").write_text(site_settings_page(registry))
    (FOLDER / "asset-groups.md").write_text(states_page())
    (FOLDER / "permissions.md").write_text(permissions_page(registry))
    (FOLDER / "errors.md").write_text(errors_page())


def settings_page() -> str:
    """Return the reference of all settings, by the module that declares them."""
    heads = ("Setting, and its name in the environment", "Default", "Meaning")
    head = (
        "# Settings\n\n"
        "Each setting is a line in the ini file or a variable in the environment, which takes\n"
        "precedence. A variable that ends in `_FILE` names a file with the value. Secrets belong\n"
        "in the environment. A value that is missing, wrong or unknown prevents the start, with\n"
        "one sentence. Those of a module that is not enabled are not read. This page is generated\n"
        "from the declarations.\n"
    )
    return head + "".join(
        f"\n## {f'Module `{module}`' if module else 'Program'}\n\n"
        + _table(heads, map(_setting_row, settings))
        for module, settings in declared_settings().items()
        if settings
    )


def site_settings_page(registry: Any) -> str:
    """Return the reference of the site settings, from the keys that modules declare."""
    keys = services_of(registry)[SettingsRegistry].keys.values()
    return (
        "# Site settings\n\n"
        "Administrators set these for the whole site, by `/api/v1/site-settings/data`. Null\n"
        "resets a key to its default, unless its value is hidden from the caller: then null\n"
        "changes nothing. A secret value is hidden from everybody; an empty text disables it and\n"
        "`DELETE` removes it. This page is generated from the declarations of the keys.\n\n"
        + _table(("Key", "Value", "Default", "Shown to"), map(_key_row, keys))
    )


def permissions_page(registry: Any) -> str:
    """Return the table of operations and their callers, from the grants of the resources."""
    meanings = ((f"`{each}`", each.description) for each in Permission)
    operations = map(_operation_row, describe(registry))
    return (
        "# Permissions\n\n"
        "An operation needs its permission on the resource at its address, granted there or above\n"
        "it, up to the object that it is a part of; a token also needs the scope. This page is\n"
        "generated from the grants.\n\n"
        + _table(("Permission", "Meaning"), meanings)
        + "\n"
        + _table(("Operation", "Permission", "Scope", "May be called by"), operations)
    )


def errors_page() -> str:
    """Return the reference of all errors, from the classes of the modules that are imported."""
    return (
        "# Errors\n\n"
        "Every error has [the same JSON envelope](requests.md#the-envelope). A message may be\n"
        "more specific than the one below. This page is generated from the subclasses of\n"
        "`ApiError`.\n\n"
        + _table(("Status", "Error", "Sent when", "Message"), map(_error_row, _error_classes()))
        + "\n## Reasons\n\nThe `reason` tells programs why the answer is 403.\n\n"
        + _table(("`reason`", "Sent when"), ((f"`{it.value}`", it.description) for it in Reason))
        + "\n## OAuth2 codes\n\n"
        "Errors of the OAuth2 endpoints have `error` and `error_description` as well. The\n"
        "authorization page sends them in its redirect.\n\n"
        + _table(("`error`", "Sent when"), ((f"`{code}`", text) for code, text in CODES.items()))
    )


def _error_classes() -> list[type[ApiError]]:
    """Return all error classes of the program, by status and name."""
    found, waiting = [], [ApiError]
    while waiting:
        subclasses = waiting.pop().__subclasses__()
        waiting += subclasses
        found += [each for each in subclasses if each.__module__.startswith("houston.")]
    return sorted(found, key=lambda each: (each.status, each.__name__))


def _error_row(error: type[ApiError]) -> tuple[str, ...]:
    occasion = (getdoc(error) or "").split("\n\n")[0].replace("\n", " ")
    return str(int(error.status)), f"`{error.__name__}`", occasion, error.message


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _setting_row(setting: Setting) -> tuple[str, ...]:
    meaning = f"{setting.description} Expects {setting.node.description}."
    if setting.in_production:
        meaning += f" In production, {setting.in_production.description}."
    if setting.secret:
        meaning += " Secret."
    meaning = meaning.replace("<", "&lt;")
    return f"`{setting.name}`<br>`{setting.variable}`", _default(setting), meaning


def _key_row(key: Key) -> tuple[str, ...]:
    value = key.node.description or (getdoc(type(key.node)) or "").split("\n")[0]
    shown_to = "nobody" if key.is_secret else key.visibility.description
    notes = " Read-only." if key.read_only else ""
    return f"`{key.name}`", value + notes, _default_of_key(key), shown_to


def _default_of_key(key: Key) -> str:
    if callable(key.default):
        return "by the settings of the program"
    return "none" if key.default is None else f"`{dumps(key.default, ensure_ascii=False)}`"


def _default(setting: Setting) -> str:
    words = {None: "required", "": "empty"}
    default = words.get(setting.default, f"`{setting.default}`")
    if setting.development_default is None:
        return default
    return f"{default}; in development `{setting.development_default}`"


def _operation_row(described: Described) -> tuple[str, ...]:
    operation, scope = described.operation, f"`{described.scope}`" if described.scope else ""
    address = f"`{operation.method} {described.path}`"
    return address, operation.permission, scope, "; ".join(described.callers)
