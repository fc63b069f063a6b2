"""The pages of docs/ that are generated: settings, permissions, and the way of a sighting."""

from collections.abc import Iterator
from inspect import getdoc
from json import dumps
from pathlib import Path
from typing import Any

from invoke import task

from houston.core.api.openapi.description import describe
from houston.core.security.permissions import Permission
from houston.core.settings import TABLE, Setting
from houston.modules.asset_groups.pipeline.page import states_page
from houston.modules.site_settings.keys import TABLE as KEYS
from houston.modules.site_settings.keys import Key
from houston.scripts.application import CONFIG_HELP, registry_of

FOLDER = Path("docs")


@task(default=True, help=CONFIG_HELP)
def write(_context: Any, config: str | None = None) -> None:
    """Write the generated pages of docs/ anew."""
    (FOLDER / "settings.md").write_text(settings_page())
    (FOLDER / "site_settings.md").write_text(site_settings_page())
    (FOLDER / "asset-groups.md").write_text(states_page())
    (FOLDER / "permissions.md").write_text(permissions_page(registry_of(config)))


def settings_page() -> str:
    """The reference of all settings, from their table."""
    head = (
        "# Settings\n\n"
        "Each can stand in the ini file or in the environment, which wins; `…_FILE` names a file\n"
        "with the value. Secrets belong into the environment. A value that is missing, wrong or\n"
        "unknown stops the boot with one sentence. This page is generated from\n"
        "`houston/core/settings/table.py`.\n\n"
        "| Setting, and its name in the environment | Default | Meaning |\n|---|---|---|\n"
    )
    return head + "".join(map(_setting_row, TABLE))


def site_settings_page() -> str:
    """The reference of what administrators set for the site, from the table of keys."""
    head = (
        "# Site settings\n\n"
        "What administrators set for the whole site, by `/api/v1/site-settings/data`. Null takes\n"
        "a key back to its default, except where the caller is not shown its value: there it\n"
        "changes nothing. A secret one is shown to nobody; an empty text switches it off, and\n"
        "`DELETE` forgets it. This page is generated from\n"
        "`houston/modules/site_settings/keys/table.py`.\n\n"
        "| Key | Value | Default | Shown to |\n|---|---|---|---|\n"
    )
    return head + "".join(map(_key_row, KEYS))


def permissions_page(registry: Any) -> str:
    """Who may call what, from the grants of the resources."""
    head = (
        "# Permissions\n\n"
        "An operation needs its permission on the resource at its address, granted there or above\n"
        "it, up to the object that it is a part of; and a token needs its scope. This page is\n"
        "generated from the grants.\n\n"
    )
    return head + _vocabulary() + "\n" + "\n".join(_operations(registry)) + "\n"


def _setting_row(setting: Setting) -> str:
    meaning = f"{setting.description} Expects {setting.kind.expected}."
    if setting.in_production:
        meaning += f" In production, {setting.in_production.expected}."
    if setting.secret:
        meaning += " Secret."
    meaning = meaning.replace("<", "&lt;")
    return f"| `{setting.name}`<br>`{setting.variable}` | {_default(setting)} | {meaning} |\n"


def _key_row(key: Key) -> str:
    value = (getdoc(type(key.kind)) or "").split("\n")[0]
    shown_to = "nobody" if key.is_secret else key.visibility.description
    notes = " Read-only." if key.read_only else ""
    return f"| `{key.name}` | {value}{notes} | {_default_of_key(key)} | {shown_to} |\n"


def _default_of_key(key: Key) -> str:
    if key.default_of is not None:
        return "as the program's settings say"
    default = key.kind.empty if key.default is None else key.default
    return "none" if default is None else f"`{dumps(default, ensure_ascii=False)}`"


def _default(setting: Setting) -> str:
    words = {None: "required", "": "empty"}
    default = words.get(setting.default, f"`{setting.default}`")
    if setting.development_default is None:
        return default
    return f"{default}; in development `{setting.development_default}`"


def _vocabulary() -> str:
    rows = [f"| `{permission}` | {permission.description} |\n" for permission in Permission]
    return "| Permission | Meaning |\n|---|---|\n" + "".join(rows)


def _operations(registry: Any) -> Iterator[str]:
    yield "| Operation | Permission | Scope | May be called by |"
    yield "|---|---|---|---|"
    for described in describe(registry):
        operation = described.operation
        scope = f"`{described.scope}`" if described.scope else ""
        yield (
            f"| `{operation.method} {described.path}` | {operation.permission} "
            f"| {scope} | {', '.join(described.callers)} |"
        )
