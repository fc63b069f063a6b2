"""The settings, `houston.*`: declared once, typed, and read at the start only.

The environment takes precedence over the ini file: `houston.database.url` is `HOUSTON_DATABASE_URL`
there, or the content of the file that `HOUSTON_DATABASE_URL_FILE` names. A setting that is missing,
wrong or unknown prevents the start with one sentence. Settings are declared where they are read:
those of the core in `table.py`, those of a module in its `SETTINGS`.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import colander

from houston.core.settings.kinds import value_of
from houston.core.settings.table import CORE, ENVIRONMENT, Setting

__all__ = ["CORE", "Setting", "Settings", "SettingsError"]

PREFIX = "houston."
OTHER_VARIABLES = re.compile(
    r"HOUSTON_(INI|TEST_\w+|UPSTREAM|RESTART|RELOAD|DRAIN_SECONDS|PROXY)=.*"
    r"|HOUSTON_(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP)(_\w+)?)=.*"
    r"|HOUSTON_(\w+_)?PORT=(tcp|udp)://.*",
    re.DOTALL,
)
"""The variables of commands, tests and `deploy/`, and those that Kubernetes makes of a service."""
HIDDEN = "(hidden)"


class SettingsError(SystemExit):
    """A setting that the program cannot start with, in one sentence.

    It is an exit, so that the sentence is printed without a traceback.
    """


class Settings(dict[str, Any]):
    """The typed settings by their full names."""

    def __init__(self, values: Mapping[str, Any], declared: Iterable[Setting] = CORE) -> None:
        super().__init__(values)
        self._declared = declared

    @classmethod
    def load(
        cls,
        ini: Mapping[str, str],
        environ: Mapping[str, str],
        declared: Iterable[Setting] = (),
        unused: Iterable[Setting] = (),
    ) -> "Settings":
        """Read the settings of the core and those that others declare.

        Args:
            ini: The texts of the ini file; names without our prefix are ignored.
            environ: The variables of the environment; names without our prefix are ignored.
            declared: The settings besides those of the core.
            unused: Further settings, which may be given and are not read.

        Raises:
            SettingsError: A setting is missing, wrong or unknown.
        """
        settings = [*CORE, *declared]
        _refuse_unknown(ini, environ, [*settings, *unused])
        environment = _environment(ini, environ)
        values = {each.name: _read(each, environment, ini, environ) for each in settings}
        return cls(values, settings)

    def describe(self) -> list[tuple[Setting, Any]]:
        """Return each setting with its value; secret values are hidden."""
        values = [(each, self[each.name]) for each in self._declared]
        return [(each, HIDDEN if each.secret and value else value) for each, value in values]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown name: the known one that is like it, if any."""
    alike = get_close_matches(name, list(known), n=1, cutoff=0.8)
    return f"{name}; did you mean {alike[0]}?" if alike else f"{name}."


def _refuse_unknown(
    ini: Mapping[str, str], environ: Mapping[str, str], settings: Iterable[Setting]
) -> None:
    known = {setting.name: setting.variable for setting in settings}
    for name in ini:
        if name.startswith(PREFIX) and name not in known:
            raise SettingsError(f"There is no setting {did_you_mean(name, known)}")
    for name, text in environ.items():
        is_ours = name.startswith("HOUSTON_") and not OTHER_VARIABLES.fullmatch(f"{name}={text}")
        if is_ours and name.removesuffix("_FILE") not in known.values():
            raise SettingsError(
                "There is no setting for the variable of the environment "
                + did_you_mean(name, known.values())
            )


def _environment(ini: Mapping[str, str], environ: Mapping[str, str]) -> str:
    environment: str = _read(ENVIRONMENT, "production", ini, environ)
    written = ini.get(ENVIRONMENT.name, "").strip()
    if written == "production" != environment:
        raise SettingsError(
            f"{ENVIRONMENT.name} is production in the ini file, and {ENVIRONMENT.variable} cannot "
            f"make it {environment}: use {environment}.ini."
        )
    return environment


def _read(
    setting: Setting, environment: str, ini: Mapping[str, str], environ: Mapping[str, str]
) -> Any:
    node, default = setting.in_environment(environment)
    text = _given(setting, environ)
    if text is None:
        text = ini.get(setting.name, default)
    if text is None:
        raise SettingsError(
            f"{setting.name} is missing: set it in the ini file, or {setting.variable} in the "
            f"environment, to {node.description}."
        )
    try:
        return value_of(node, text)
    except colander.Invalid:
        # The text itself is not repeated, since it may be a secret.
        where = " in production" if node is not setting.node else ""
        raise SettingsError(
            f"{setting.name} ({setting.variable} in the environment) must be "
            f"{node.description}{where}."
        ) from None


def _given(setting: Setting, environ: Mapping[str, str]) -> str | None:
    """The text that the environment has, by itself or in a file."""
    variable, file_variable = setting.variable, f"{setting.variable}_FILE"
    if file_variable not in environ:
        return environ.get(variable)
    if variable in environ:
        raise SettingsError(f"{setting.name} is given twice: by {variable} and by {file_variable}.")
    try:
        return Path(environ[file_variable]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise SettingsError(
            f"{setting.name} cannot be read: {file_variable} must name a readable file with "
            f"{setting.node.description}."
        ) from None
