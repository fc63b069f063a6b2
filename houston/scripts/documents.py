"""The pages of docs/ that are generated: settings and permissions."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from invoke import task

from houston.core.rest.service import services
from houston.core.security.grants import Grant
from houston.core.security.permissions import Permission, scope_for
from houston.core.settings import TABLE, Setting
from houston.core.tree import BRANCHES_KEY, Resource, lineage_of
from houston.scripts.application import CONFIG_HELP, registry_of

FOLDER = Path("docs")


@task(default=True, help=CONFIG_HELP)
def write(_context: Any, config: str | None = None) -> None:
    """Write docs/settings.md and docs/permissions.md anew."""
    (FOLDER / "settings.md").write_text(settings_page())
    (FOLDER / "permissions.md").write_text(permissions_page(registry_of(config)))


def settings_page() -> str:
    """The reference of all settings, from their table."""
    head = (
        "# Settings\n\n"
        "Each can stand in the ini file or in the environment, which wins; `…_FILE` names a file with\n"
        "the value. Secrets belong into the environment. This page is generated from the table in\n"
        "`houston/core/settings.py`.\n\n"
        "| Setting | In the environment | Default | Meaning |\n|---|---|---|---|\n"
    )
    return head + "".join(map(_setting_row, TABLE))


def permissions_page(registry: Any) -> str:
    """Who may call what, from the grants of the resources."""
    head = (
        "# Permissions\n\n"
        "An operation needs its permission on the resource at its address, granted there or above it,\n"
        "and a token needs its scope. This page is generated from the grants.\n\n"
    )
    return head + _vocabulary() + "\n" + "\n".join(_operations(registry)) + "\n"


def _setting_row(setting: Setting) -> str:
    default = "required" if setting.default is None else f"`{setting.default}`"
    if setting.secret and setting.default:
        default = "a secret of development"
    elif setting.default == "":
        default = "empty"
    return f"| `{setting.name}` | `{setting.variable}` | {default} | {setting.description} |\n"


def _vocabulary() -> str:
    rows = [f"| `{permission}` | {permission.description} |\n" for permission in Permission]
    return "| Permission | Meaning |\n|---|---|\n" + "".join(rows)


def _operations(registry: Any) -> Iterator[str]:
    yield "| Operation | Permission | Scope | May be called by |"
    yield "|---|---|---|---|"
    for service in services(registry):
        lineage = lineage_of(registry[BRANCHES_KEY], service.tree_path)
        for operation in service.operations.values():
            permission = operation.permission
            yield (
                f"| `{operation.method} {service.path}` | {permission} "
                f"| {_scope(lineage, permission)} | {_callers(lineage, permission)} |"
            )


def _scope(lineage: list[type[Resource]], permission: Permission) -> str:
    if permission is Permission.PUBLIC:
        return ""
    noun = next(resource.noun for resource in reversed(lineage) if resource.noun)
    return f"`{scope_for(noun, permission)}`"


def _callers(lineage: list[type[Resource]], permission: Permission) -> str:
    if permission is Permission.PUBLIC:
        return "everybody"
    grants: list[Grant] = [grant for resource in lineage for grant in resource.grants]
    words = [grant.role.description for grant in grants if permission in grant.permissions]
    return ", ".join(dict.fromkeys(words))


