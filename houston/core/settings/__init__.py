"""Every `houston.*` setting in one typed table; nobody else reads raw settings.

The environment wins over the ini file: `houston.database.url` is `HOUSTON_DATABASE_URL` there, or
the content of the file that `HOUSTON_DATABASE_URL_FILE` names. A setting that is missing, wrong or
unknown stops the boot with one sentence.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from houston.core.settings.table import ENVIRONMENT, TABLE, Setting

__all__ = ["TABLE", "Setting", "Settings", "SettingsError"]

PREFIX = "houston."
HIDDEN = "(hidden)"


class SettingsError(SystemExit):
    """A setting that the program cannot start with, in one sentence.

    Being an exit, it shows whoever starts the program that sentence and no traceback.
    """


class Settings(Mapping[str, Any]):
    """The typed settings by their full names."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    @classmethod
    def load(cls, ini: Mapping[str, str], environ: Mapping[str, str]) -> "Settings":
        """Read every row of the table; raises SettingsError.

        Keys of `ini` without our prefix, and variables that are no setting, belong to others.
        """
        _refuse_unknown(ini)
        environment = _value(ENVIRONMENT, "production", ini, environ)
        return cls({row.name: _value(row, environment, ini, environ) for row in TABLE})

    def describe(self) -> list[tuple[Setting, Any]]:
        """Each row with its value, which is hidden where it is secret."""
        return [(row, HIDDEN if row.secret and self[row.name] else self[row.name]) for row in TABLE]

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _refuse_unknown(ini: Mapping[str, str]) -> None:
    known = [row.name for row in TABLE]
    for name in ini:
        if name.startswith(PREFIX) and name not in known:
            alike = get_close_matches(name, known, n=1, cutoff=0.8)
            hint = f"; did you mean {alike[0]}?" if alike else "."
            raise SettingsError(f"There is no setting {name}{hint}")


def _value(
    row: Setting, environment: str, ini: Mapping[str, str], environ: Mapping[str, str]
) -> Any:
    text = _given(row, environ)
    if text is None:
        text = ini.get(row.name, row.default_in(environment))
    kind = row.kind_in(environment)
    where = " in production" if kind is not row.kind else ""
    if text is None:
        raise SettingsError(
            f"{row.name} is missing: set it in the ini file, or {row.variable} in the environment, "
            f"to {kind.expected}."
        )
    try:
        return kind.parse(text.strip())
    except ValueError:
        # The text itself is not repeated, since it may be a secret.
        raise SettingsError(
            f"{row.name} ({row.variable} in the environment) must be {kind.expected}{where}."
        ) from None


def _given(row: Setting, environ: Mapping[str, str]) -> str | None:
    """What the environment says, by itself or in a file."""
    text, file = environ.get(row.variable), environ.get(f"{row.variable}_FILE")
    if file is None:
        return text
    if text is not None:
        raise SettingsError(
            f"{row.name} is given twice: by {row.variable} and by {row.variable}_FILE."
        )
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise SettingsError(
            f"{row.name} cannot be read: {row.variable}_FILE must name a readable file with "
            f"{row.kind.expected}."
        ) from None
