"""The settings, `houston.*`: declared once, typed, and read at the start only.

The environment takes precedence over the ini file: `houston.database.url` is `HOUSTON_DATABASE_URL`
there, or the content of the file that `HOUSTON_DATABASE_URL_FILE` names. A setting that is missing,
wrong or unknown prevents the start with one sentence. Settings are declared where they are read:
those of the core in `table.py`, those of a module in its `SETTINGS`.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import colander

from houston.core.settings.kinds import value_of
from houston.core.settings.table import CORE, ENVIRONMENT, Setting

__all__ = ["CORE", "Setting", "Settings", "SettingsError"]

PREFIX = "houston."
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
            environ: The variables of the environment; those of no setting are ignored.
            declared: The settings besides those of the core.
            unused: Further settings, which may be given and are not read.

        Raises:
            SettingsError: A setting is missing, wrong or unknown.
        """
        settings = [*CORE, *declared]
        _refuse_unknown(ini, [setting.name for setting in (*settings, *unused)])
        environment = _read(ENVIRONMENT, "production", ini, environ)
        values = {each.name: _read(each, environment, ini, environ) for each in settings}
        return cls(values, settings)

    def describe(self) -> list[tuple[Setting, Any]]:
        """Return each setting with its value; secret values are hidden."""
        values = [(each, self[each.name]) for each in self._declared]
        return [(each, HIDDEN if each.secret and value else value) for each, value in values]


def _refuse_unknown(ini: Mapping[str, str], known: list[str]) -> None:
    for name in ini:
        if name.startswith(PREFIX) and name not in known:
            alike = get_close_matches(name, known, n=1, cutoff=0.8)
            hint = f"; did you mean {alike[0]}?" if alike else "."
            raise SettingsError(f"There is no setting {name}{hint}")


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
