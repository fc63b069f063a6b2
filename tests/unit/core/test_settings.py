"""Settings are typed; invalid ones prevent the start with one sentence."""

from collections.abc import Callable
from configparser import ConfigParser
from functools import partial
from itertools import chain
from pathlib import Path
from secrets import token_hex, token_urlsafe
from typing import Any

import pytest
from limits import parse

from houston.config import declared_settings, load_settings
from houston.core.settings import CORE, Settings, SettingsError
from houston.core.settings.kinds import DEVELOPMENT_SECRET
from houston.core.settings.risks import risks_of

ROOT = Path(__file__).parents[3]
DECLARED = {each.name: each for each in chain(*declared_settings().values())}

DEVELOPMENT = {
    "houston.environment": "development",
    "houston.database.url": "sqlite:///houston.sqlite",
}

PRODUCTION = {
    "HOUSTON_BASE_URL": "https://houston.example.org",
    "HOUSTON_HOSTS": "houston.example.org",
    "HOUSTON_DATABASE_URL": "postgresql+psycopg://houston:pass@database/houston",
    "HOUSTON_SESSION_SECRET": "b81f0e6c47d25a93e0417f8cc26d9a35",
    "HOUSTON_JOBS_URL": "redis://redis/0",
    "HOUSTON_STORAGE_URL": "s3://houston/files",
    "HOUSTON_UPLOADS_FOLDER": "/var/lib/houston/uploads",
    "HOUSTON_MAIL_URL": "smtp://mail:25",
    "HOUSTON_MAIL_SENDER": "Houston <houston@example.org>",
}


def development(**environ: str) -> Settings:
    return load_settings(DEVELOPMENT, environ)


def refusal(ini: dict[str, str], environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(ini, environ)
    return str(caught.value)


def test_environment_takes_precedence_over_the_ini_file() -> None:
    ini = {**DEVELOPMENT, "houston.max_body": "10"}
    assert load_settings(ini, {})["houston.max_body"] == 10
    assert load_settings(ini, {"HOUSTON_MAX_BODY": "20"})["houston.max_body"] == 20


def test_an_empty_variable_is_a_value() -> None:
    ini = {**DEVELOPMENT, "houston.limits": "create_user 10/hour"}
    assert load_settings(ini, {"HOUSTON_LIMITS": ""})["houston.limits"] == {}


def test_value_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from a file\n")
    settings = development(HOUSTON_SESSION_SECRET_FILE=str(file))
    assert settings["houston.session.secret"] == "from a file"


def test_a_value_and_a_file_exclude_each_other(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("one")
    both = {"HOUSTON_SESSION_SECRET": "two", "HOUSTON_SESSION_SECRET_FILE": str(file)}
    assert refusal(DEVELOPMENT, both) == (
        "houston.session.secret is given twice: by HOUSTON_SESSION_SECRET and by "
        "HOUSTON_SESSION_SECRET_FILE."
    )


@pytest.mark.parametrize("content", [None, b"\xff"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    sentence = refusal(DEVELOPMENT, {"HOUSTON_SESSION_SECRET_FILE": str(file)})
    assert sentence.startswith("houston.session.secret cannot be read: HOUSTON_SESSION_SECRET_FILE")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("houston.modules", "users\n  teams", ("users", "teams")),
        ("houston.base_url", "https://example.org/", "https://example.org"),
        ("houston.hosts", "Example.org api.example.org", ("example.org", "api.example.org")),
        ("houston.database.pool_size", " 5 ", 5),
        ("houston.metrics", "False", False),
        ("houston.metrics", "1", True),
        ("houston.limits.sign_in", "10/5minutes", "10/5minutes"),
        ("houston.limits", "\n a 1/hour\n\n b 2 per day", {"a": "1/hour", "b": "2 per day"}),
        ("houston.cors.origins", "http://a:3000 https://b", ("http://a:3000", "https://b")),
        ("houston.mail.url", "file:var/mail", "file:var/mail"),
    ],
)
def test_values_are_typed(name: str, text: str, value: Any) -> None:
    assert load_settings({**DEVELOPMENT, name: text}, {})[name] == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("houston.environment", "staging"),
        ("houston.base_url", "houston.example.org"),
        ("houston.base_url", "https://example.org/?page=1"),
        ("houston.base_url", "https://"),
        ("houston.base_url", "https://:80"),
        ("houston.hosts", ""),
        ("houston.hosts", "https://example.org"),
        ("houston.database.url", "nonsense"),
        ("houston.database.url", "mysql://localhost/houston"),
        ("houston.database.url", "sqlite://"),
        ("houston.database.url", "postgresql://houston@host:port/houston"),
        ("houston.database.pool_size", "0"),
        ("houston.database.pool_size", "-1"),
        ("houston.database.pool_size", "1.5"),
        ("houston.database.pool_size", "٣"),
        ("houston.metrics", "yes"),
        ("houston.metrics", ""),
        ("houston.session.secret", " "),
        ("houston.users.sign_up", "Open"),
        ("houston.limits.sign_in", "often"),
        ("houston.limits", "create_user"),
        ("houston.limits", "create_user often"),
        ("houston.limits", "create_user 0/hour"),
        ("houston.limits", "create_user 10000000/second"),
        ("houston.limits", "create_user 1/1000years"),
        ("houston.limits.default", "often"),
        ("houston.session.lifetime", "0"),
        ("houston.session.lifetime", "1000000000000000000"),
        ("houston.oauth2.access_token_lifetime", "31536000"),
        ("houston.oauth2.refresh_token_lifetime", "1"),
        ("houston.uploads.lifetime", "1000000000000"),
        ("houston.audit.retention_days", "1000000000"),
        ("houston.image_analysis.patience", "100000000000000"),
        ("houston.users.password_min_length", "1000"),
        ("houston.max_body", "1000000000000"),
        ("houston.images.max_pixels", "1000000000000"),
        ("houston.database.pool_size", "1000000"),
        ("houston.server.connections", "1"),
        ("houston.server.request_seconds", "0"),
        ("houston.uploads.types", "image/png text/html"),
        ("houston.uploads.types", "image/svg+xml"),
        ("houston.uploads.types", "TEXT/HTML"),
        ("houston.uploads.types", "application/xhtml+xml"),
        ("houston.uploads.types", "text/xml"),
        ("houston.uploads.types", "text/javascript"),
        ("houston.uploads.types", "application/ecmascript"),
        ("houston.uploads.types", "text/html;charset=utf-8"),
        ("houston.uploads.types", "*/*"),
        ("houston.cors.origins", "*"),
        ("houston.cors.origins", "https://example.org/path"),
        ("houston.jobs.url", "carrier-pigeon:"),
        ("houston.storage.url", "var/storage"),
        ("houston.storage.accel", "stored"),
        ("houston.mail.url", "smtp"),
    ],
)
def test_wrong_value(name: str, text: str) -> None:
    setting = DECLARED[name]
    assert refusal({**DEVELOPMENT, name: text}, {}) == (
        f"{name} ({setting.variable} in the environment) must be {setting.node.description}."
    )


def test_missing_value() -> None:
    assert refusal({"houston.environment": "development"}, {}) == (
        "houston.database.url is missing: set it in the ini file, or HOUSTON_DATABASE_URL in the "
        "environment, to sqlite:///path or postgresql+psycopg://user:password@host/name."
    )


def test_unknown_setting() -> None:
    assert refusal({**DEVELOPMENT, "houston.mail.sendr": "x"}, {}) == (
        "There is no setting houston.mail.sendr; did you mean houston.mail.sender?"
    )
    assert refusal({**DEVELOPMENT, "houston.xyzzy": "x"}, {}) == (
        "There is no setting houston.xyzzy."
    )


def test_other_names_are_ignored() -> None:
    others = {"pyramid.reload_templates": "true", "sqlalchemy.url": "sqlite://"}
    assert set(load_settings({**DEVELOPMENT, **others}, {})) == set(DECLARED)


def test_a_refused_value_is_not_repeated() -> None:
    secret = "postgresql://houston:s3cret@"
    assert "s3cret" not in refusal(DEVELOPMENT, {"HOUSTON_DATABASE_URL": secret})


def test_environment_is_production_by_default() -> None:
    assert load_settings({}, PRODUCTION)["houston.environment"] == "production"


@pytest.mark.parametrize("variable", PRODUCTION)
def test_required_in_production(variable: str) -> None:
    environ = {name: text for name, text in PRODUCTION.items() if name != variable}
    assert f"or {variable} in the environment" in refusal({}, environ)


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("HOUSTON_SESSION_SECRET", DEVELOPMENT_SECRET),
        ("HOUSTON_SESSION_SECRET", "short"),
        ("HOUSTON_SESSION_SECRET", ""),
        ("HOUSTON_SESSION_SECRET", "a" * 32),
        ("HOUSTON_SESSION_SECRET", "0123456789abcdef" * 2),
        ("HOUSTON_SESSION_SECRET", "1234567890" * 4),
        ("HOUSTON_SESSION_SECRET", "abcdefghijklmnopqrstuvwxyz123456"),
        ("HOUSTON_SESSION_SECRET", "deadbeef" * 8),
        ("HOUSTON_SESSION_SECRET", "change-me-to-a-long-and-random-text"),
        ("HOUSTON_SESSION_SECRET", "qwertyuiopasdfghjklzxcvbnm123456"),
        ("HOUSTON_BASE_URL", "http://houston.example.org"),
        ("HOUSTON_BASE_URL", "http://localhost.example.org"),
        ("HOUSTON_BASE_URL", "http://localhost@example.org"),
        ("HOUSTON_COOKIES_SECURE", "false"),
        ("HOUSTON_CORS_ORIGINS", "https://a.example.org http://b.example.org"),
        ("HOUSTON_USERS_PASSWORD_MIN_LENGTH", "7"),
        ("HOUSTON_LIMITS_SIGN_IN", "1000000/second"),
        ("HOUSTON_LIMITS_SIGN_IN", "10/second"),
        ("HOUSTON_LIMITS_SIGN_IN", "101/day"),
        ("HOUSTON_MAIL_URL", "smtp://jane:pass@mail.example.org:25"),
        ("HOUSTON_MAIL_URL", "smtp://jane:pass@mail.example.org:587?starttls=true"),
        ("HOUSTON_MAIL_URL", "smtp://jane:pass@[mail:25"),
        ("HOUSTON_MAIL_MANDRILL", "smtp://smtp.mandrillapp.com:587"),
        ("HOUSTON_IMAGE_ANALYSIS_URL", "sage+http://jane:pass@sage.example.org"),
        ("HOUSTON_RECAPTCHA_URL", "http://recaptcha.example.org"),
        ("HOUSTON_EXAMPLE_DATA", "true"),
        ("HOUSTON_OAUTH2_ALLOW_CREDENTIALS_IN_URL", "true"),
        ("HOUSTON_HOSTS", "*"),
        ("HOUSTON_JOBS_URL", "immediate:"),
        ("HOUSTON_MAIL_URL", "file:var/mail"),
    ],
)
def test_refused_in_production(variable: str, text: str) -> None:
    setting = next(each for each in DECLARED.values() if each.variable == variable)
    assert setting.in_production
    assert refusal({}, {**PRODUCTION, variable: text}) == (
        f"{setting.name} ({variable} in the environment) must be "
        f"{setting.in_production.description} in production."
    )
    if text and "@[" not in text:
        assert load_settings(DEVELOPMENT, {variable: text})


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("HOUSTON_SESSION_SECRET", "correct horse battery staple, and a goose"),
        ("HOUSTON_BASE_URL", "http://localhost:6543"),
        ("HOUSTON_BASE_URL", "http://[::1]:6543"),
        ("HOUSTON_CORS_ORIGINS", "http://127.0.0.1:3000 https://codex.example.org"),
        ("HOUSTON_LIMITS_SIGN_IN", "30/5minutes"),
        ("HOUSTON_MAIL_URL", "smtp://jane:pass@mail.example.org:587?starttls=1"),
        ("HOUSTON_MAIL_URL", "smtps://jane:pass@mail.example.org"),
        ("HOUSTON_MAIL_URL", "smtp://jane:pass@127.0.0.1:25"),
        ("HOUSTON_IMAGE_ANALYSIS_URL", "sage+https://jane:pass@sage.example.org"),
        ("HOUSTON_UPLOADS_TYPES", "image/png application/vnd.openxmlformats-officedocument.a"),
    ],
)
def test_accepted_in_production(variable: str, text: str) -> None:
    assert load_settings({}, {**PRODUCTION, variable: text})


@pytest.mark.parametrize("generate", [partial(token_hex, 16), token_hex, token_urlsafe])
def test_random_secrets_are_accepted(generate: Callable[[], str]) -> None:
    for _ in range(200):
        assert load_settings({}, {**PRODUCTION, "HOUSTON_SESSION_SECRET": generate()})


def test_the_environment_does_not_weaken_a_file_for_production() -> None:
    ini = {"houston.environment": "production"}
    for other in ("testing", "development"):
        assert refusal(ini, {**PRODUCTION, "HOUSTON_ENVIRONMENT": other}) == (
            "houston.environment is production in the ini file, and HOUSTON_ENVIRONMENT cannot "
            f"make it {other}: use {other}.ini."
        )
    assert load_settings(ini, {**PRODUCTION, "HOUSTON_ENVIRONMENT": "production"})
    strict = load_settings(DEVELOPMENT, {**PRODUCTION, "HOUSTON_ENVIRONMENT": "production"})
    assert strict["houston.environment"] == "production"


@pytest.mark.parametrize(
    ("variable", "hint"),
    [
        ("HOUSTON_MAIL_SENDR", "; did you mean HOUSTON_MAIL_SENDER?"),
        ("HOUSTON_SESION_SECRET_FILE", "; did you mean HOUSTON_SESSION_SECRET?"),
        ("HOUSTON_HTTP_PORT", "."),
        ("HOUSTON_XYZZY", "."),
    ],
)
def test_misspelt_variable(variable: str, hint: str) -> None:
    assert refusal(DEVELOPMENT, {variable: "x"}) == (
        f"There is no setting for the variable of the environment {variable}{hint}"
    )


def test_variables_of_commands_and_of_kubernetes_are_no_settings() -> None:
    others = {
        "HOUSTON_INI": "production.ini",
        "HOUSTON_TEST_DATABASE_URL": "postgresql://",
        "HOUSTON_UPSTREAM": "/etc/houston/upstream.conf",
        "HOUSTON_SERVICE_HOST": "10.0.0.1",
        "HOUSTON_SERVICE_PORT_HTTP": "6543",
        "HOUSTON_PORT": "tcp://10.0.0.1:6543",
        "HOUSTON_WORKER_PORT_6543_TCP_ADDR": "10.0.0.1",
        "HOUSTONISH": "x",
    }
    assert development(**others)


@pytest.mark.parametrize(
    ("variable", "text", "named"),
    [
        ("HOUSTON_LIMITS_STORAGE", "memory://", "houston.limits.storage"),
        ("HOUSTON_HOSTS", "127.0.0.1", "houston.hosts"),
        ("HOUSTON_MAIL_URL", "null:", "houston.mail.url"),
        ("HOUSTON_LOG_LEVEL", "DEBUG", "houston.log.level"),
    ],
)
def test_risks_are_named(variable: str, text: str, named: str) -> None:
    safe = {**PRODUCTION, "HOUSTON_LIMITS_STORAGE": "redis://redis/1"}
    assert list(risks_of(load_settings({}, safe))) == []
    (sentence,) = risks_of(load_settings({}, {**safe, variable: text}))
    assert named in sentence
    assert list(risks_of(load_settings(DEVELOPMENT, {variable: text}))) == []


def test_production_ini_lets_a_whole_import_be_uploaded() -> None:
    parser = ConfigParser({"here": "/srv"})
    parser.read(ROOT / "production.ini")
    settings = load_settings(dict(parser["app:main"]), PRODUCTION)
    limit = parse(settings["houston.limits"]["create_upload"])
    assert limit.amount >= settings["houston.uploads.max_files"]
    assert limit.get_expiry() <= 3600


def test_secrets_are_not_shown() -> None:
    shown = dict(load_settings({}, PRODUCTION).describe())
    values = {row.name: value for row, value in shown.items()}
    assert values["houston.session.secret"] == "(hidden)"
    assert values["houston.recaptcha.secret"] == ""
    assert values["houston.hosts"] == ("houston.example.org",)
    assert not any(text in str(list(shown.values())) for text in ("houston:pass", "b81f0e6c"))


def test_settings_are_a_mapping_of_all_that_are_declared() -> None:
    settings = development()
    assert len(settings) == len(DECLARED)
    assert {"users", "auth", "teams"} < set(dict(settings)["houston.modules"])


def test_core_alone_has_no_settings_of_modules() -> None:
    settings = Settings.load(DEVELOPMENT, {})
    assert set(settings) == {each.name for each in CORE}
    with pytest.raises(SettingsError):
        Settings.load({**DEVELOPMENT, "houston.users.sign_up": "open"}, {})


def test_settings_of_disabled_modules_are_known_but_not_required() -> None:
    environ = {name: text for name, text in PRODUCTION.items() if "UPLOADS" not in name}
    few = {"houston.modules": "audit_logs", "houston.uploads.max_files": "many"}
    settings = load_settings(few, environ)
    assert settings["houston.audit.retention_days"] == 0
    assert "houston.uploads.folder" not in settings
    assert "houston.uploads.folder is missing" in refusal({}, environ)


def test_each_setting_is_declared_once() -> None:
    assert len(DECLARED) == sum(map(len, declared_settings().values()))


@pytest.mark.parametrize("name", ["development", "testing", "production"])
def test_the_ini_files_are_complete(name: str) -> None:
    parser = ConfigParser({"here": "/srv"})
    parser.read(ROOT / f"{name}.ini")
    environ = PRODUCTION if name == "production" else {}
    settings = load_settings(dict(parser["app:main"]), environ)
    assert settings["houston.environment"] == name
