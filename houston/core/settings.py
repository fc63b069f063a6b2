"""Every `houston.*` setting in one typed table; nobody else reads raw settings.

The environment wins over the ini file: `houston.database.url` is `HOUSTON_DATABASE_URL` there, or
the content of the file that `HOUSTON_DATABASE_URL_FILE` names. A setting that is missing, wrong or
unknown stops the boot with one sentence.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

PREFIX = "houston."
DEVELOPMENT_SECRET = "development-secret-that-production-refuses"  # noqa: S105
ENVIRONMENTS = ("development", "testing", "production")


class SettingsError(Exception):
    """A setting that the program cannot start with, in one sentence."""


def _text(value: str) -> str:
    return value


def _words(value: str) -> tuple[str, ...]:
    return tuple(value.split())


def _boolean(value: str) -> bool:
    try:
        return {"true": True, "false": False}[value.lower()]
    except KeyError:
        raise ValueError("true or false") from None


def _positive(value: str) -> int:
    if not value.isdigit() or int(value) == 0:
        raise ValueError("a whole number above 0")
    return int(value)


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError("one of " + ", ".join(choices))
        return value

    return parse


def _limits(value: str) -> dict[str, str]:
    lines = [line.split() for line in value.splitlines() if line.strip()]
    if any(len(line) != 2 for line in lines):
        raise ValueError("lines of an operation and its allowance, such as `create_user 10/hour`")
    return dict(lines)


class Setting(NamedTuple):
    """One row of the table: a default of None means that a value must be given."""

    name: str
    parse: Callable[[str], Any]
    default: str | None
    description: str
    secret: bool = False

    @property
    def variable(self) -> str:
        """The name in the environment."""
        return self.name.upper().replace(".", "_")


TABLE: tuple[Setting, ...] = (
    Setting("houston.environment", _one_of(*ENVIRONMENTS), "production", "Where this runs."),
    Setting("houston.modules", _words, "users auth teams", "The enabled modules."),
    Setting("houston.base_url", _text, "http://127.0.0.1:5000", "The address that users see."),
    Setting("houston.hosts", _words, "*", "The host names that are answered for; `*` is any."),
    Setting("houston.database.url", _text, None, "SQLAlchemy's address of the database.", True),
    Setting("houston.database.pool_size", _positive, "10", "Connections kept open."),
    Setting("houston.database.migrate", _boolean, "false", "Migrate at start."),
    Setting("houston.example_data", _boolean, "false", "Make example data in an empty database."),
    Setting("houston.session.secret", _text, DEVELOPMENT_SECRET, "Signs the cookies.", True),
    Setting("houston.session.lifetime", _positive, "1209600", "Seconds a session lasts unused."),
    Setting("houston.cookies.secure", _boolean, "true", "Send cookies over https alone."),
    Setting("houston.oauth2.allow_credentials_in_url", _boolean, "false", "Development only."),
    Setting("houston.oauth2.access_token_lifetime", _positive, "3600", "Seconds."),
    Setting("houston.oauth2.refresh_token_lifetime", _positive, "2592000", "Seconds."),
    Setting(
        "houston.users.sign_up",
        _one_of("open", "closed", "invitation"),
        "open",
        "Who may make an account.",
    ),
    Setting("houston.users.password_min_length", _positive, "8", "Characters."),
    Setting("houston.recaptcha.secret", _text, "", "Empty switches reCAPTCHA off.", True),
    Setting("houston.recaptcha.public_key", _text, "", "The key that pages show."),
    Setting("houston.jobs.url", _text, "thread:var/jobs.sqlite", "How workers hear of jobs."),
    Setting("houston.mail.url", _text, "file:var/mail", "How mail leaves.", True),
    Setting("houston.mail.sender", _text, "do-not-reply@localhost", "Who mail is from."),
    Setting("houston.throttle.storage", _text, "memory://", "Where allowances are counted."),
    Setting("houston.throttle.sign_in", _text, "10/5minutes", "Failed sign-ins."),
    Setting("houston.limits", _limits, "", "Allowances per operation."),
    Setting("houston.max_body", _positive, "52428800", "Bytes."),
    Setting("houston.cors.origins", _words, "", "The origins whose pages may call."),
    Setting("houston.docs", _boolean, "true", "The interactive page."),
    Setting("houston.log.level", _text, "INFO", "The least severity that is logged."),
    Setting("houston.log.format", _one_of("console", "json"), "json", "How lines are written."),
    Setting("houston.metrics", _boolean, "true", "Serve /metrics."),
)


class Settings(Mapping[str, Any]):
    """The typed settings by their full names."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    @classmethod
    def load(cls, ini: Mapping[str, str], environ: Mapping[str, str]) -> "Settings":
        """Read the table from the ini's values and the environment; raises SettingsError."""
        known = {setting.name for setting in TABLE}
        for name in ini:
            if name.startswith(PREFIX) and name not in known:
                raise SettingsError(f"there is no setting {name}")
        return cls({setting.name: _value(setting, ini, environ) for setting in TABLE})

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _value(setting: Setting, ini: Mapping[str, str], environ: Mapping[str, str]) -> Any:
    file = environ.get(f"{setting.variable}_FILE")
    given = Path(file).read_text().strip() if file else environ.get(setting.variable)
    value = given if given is not None else ini.get(setting.name, setting.default)
    if value is None:
        raise SettingsError(f"set {setting.name} or {setting.variable}: {setting.description}")
    try:
        return setting.parse(value.strip())
    except ValueError as error:
        raise SettingsError(f"{setting.name} ({setting.variable}) must be {error}") from None
