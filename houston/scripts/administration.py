"""The administration of a site from the console: settings, mail, logs, uploads, the client."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from invoke import Exit, task
from sqlalchemy import select

from houston.core.mail import Mailer
from houston.core.values import GUID_FORM
from houston.modules.audit_logs.models import AuditLog
from houston.modules.audit_logs.services import FAULTS
from houston.modules.client.compression import compress_folder
from houston.modules.site_settings import changes, services
from houston.modules.site_settings.registry import Key, SettingsRegistry, Visibility
from houston.modules.uploads.partials import Partials
from houston.modules.uploads.services import delete_expired
from houston.modules.users.services.accounts import identity_of
from houston.scripts.application import CONFIG_HELP, database, settings_of
from houston.scripts.users import account, address

KEY_HELP = {**CONFIG_HELP, "key": "The key, such as site.name."}


@task(name="get", help=KEY_HELP)
def get_setting(_context: Any, key: str, config: str | None = None) -> None:
    """Print the value of a site setting as JSON; a secret is null."""
    with database(config) as (parts, db):
        setting = _key(parts[SettingsRegistry], key)
        shown = services.single(parts, db, setting, Visibility.PRIVATE)
        print(json.dumps(shown["value"], indent=2, ensure_ascii=False, default=str))


@task(
    name="set",
    help={
        **KEY_HELP,
        "value": "The value as JSON, such as true, or a text; null resets it to its default.",
        "email": "The administrator who changes it.",
    },
)
def set_setting(_context: Any, key: str, value: str, email: str, config: str | None = None) -> None:
    """Set a site setting, by the rules of the API."""
    with database(config) as (parts, db):
        user = account(db, email)
        db.actor.email, db.actor.guid, caller = user.email, user.guid, identity_of(user)
        changes.change(parts, db, caller, {key: _value(value)})


@task(name="send", help={**CONFIG_HELP, "recipient": "The address that gets the mail."})
def send_mail(_context: Any, recipient: str, config: str | None = None) -> None:
    """Send a test mail at once, with the mail server and the texts of the site."""
    with database(config) as (parts, db):
        mailer = parts[Mailer]
        if not mailer.delivers(parts, db):
            raise Exit("Mail is switched off: set houston.mail.url, or email_service.", 1)
        branding = mailer.branding_of(parts, db)
        try:
            mailer.deliver(branding, uuid4(), address(recipient), "site_settings/mail/test", {})
        except OSError as error:
            raise Exit(f"The mail was not taken: {error}", 1) from None
        print(f"Sent to {recipient}.")


@task(
    name="print",
    help={
        **CONFIG_HELP,
        "guid": "The guid of an object, of which all entries are printed.",
        "faults": "Print faults only.",
        "limit": "The largest number of entries, the newest ones.",
    },
)
def print_logs(
    _context: Any,
    guid: str = "",
    faults: bool = False,
    limit: int = 100,
    config: str | None = None,
) -> None:
    """Print entries of the audit log, the newest one last."""
    found = select(AuditLog).order_by(AuditLog.created.desc(), AuditLog.guid.desc()).limit(limit)
    if guid:
        if not GUID_FORM.match(guid):
            raise Exit(f"{guid} is not a guid.", 1)
        found = found.where(AuditLog.item_guid == UUID(guid))
    if faults:
        found = found.where(AuditLog.audit_type.in_(FAULTS))
    with database(config) as (_, db):
        for entry in reversed(db.scalars(found).all()):
            about = f"{entry.module_name or '-'} {entry.item_guid or '-'}"
            line = f"{entry.created:%Y-%m-%dT%H:%M:%SZ} {entry.audit_type} {about}"
            print(line, entry.user_email, " ".join((entry.message or "").split()))


@task(name="cleanup", help=CONFIG_HELP)
def clean_up(_context: Any, config: str | None = None) -> None:
    """Delete the uploads that have expired, as a job does every 15 minutes."""
    with database(config) as (parts, db):
        delete_expired(parts[Partials], db)


@task(
    name="compress",
    help={**CONFIG_HELP, "folder": "The folder; by default that of houston.client.path."},
)
def compress_client(_context: Any, folder: str = "", config: str | None = None) -> None:
    """Compress the files of the web client, as much as possible, into files beside them."""
    path = Path(folder or settings_of(config).get("houston.client.path") or ".missing")
    if not path.is_dir():
        raise Exit("Name the folder of a web client, or set houston.client.path.", 1)
    try:
        print(f"{sum(1 for _ in compress_folder(path))} compressed files are written.")
    except OSError as error:
        raise Exit(f"{error.filename}: {error.strerror}.", 1) from None


def _key(registry: SettingsRegistry, name: str) -> Key:
    if name not in registry.keys:
        raise Exit(f"There is no setting {name}.", 1)
    return registry.keys[name]


def _value(text: str) -> Any:
    """The JSON value of a text, or the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text
