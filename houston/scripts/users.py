"""Accounts, managed from the console of the server."""

from getpass import getpass
from typing import Any

from invoke import Exit, task
from sqlalchemy import select

from houston.core.addresses import is_address, normalized
from houston.core.db.session import Session
from houston.core.events import Events
from houston.modules.auth.services import create_client
from houston.modules.users.models import User
from houston.modules.users.services import accounts
from houston.modules.users.services.names import find_by_email
from houston.scripts.application import CONFIG_HELP, database


def account(db: Session, email: str) -> User:
    """Return the account with an e-mail address, in upper or lower case; exit if there is none."""
    user = find_by_email(db, email)
    if user is None:
        raise Exit(f"There is no account with the e-mail {email}.", 1)
    return user


def address(text: str) -> str:
    """Return the normal form of an e-mail address for a new account; exit if it is not one."""
    if not is_address(text):
        raise Exit(f"{text} is not an e-mail address.", 1)
    return normalized(text)


def ask_password() -> str:
    """Read a password twice without showing it; exit if none is given, or the two differ."""
    try:
        password, again = getpass("Password: "), getpass("Again: ")
    except EOFError:
        raise Exit("No password was given.", 1) from None
    if password != again:
        raise Exit("The two passwords differ.", 1)
    return password


@task(help={**CONFIG_HELP, "email": "The e-mail address.", "admin": "Make it an administrator."})
def create_user(_context: Any, email: str, admin: bool = False, config: str | None = None) -> None:
    """Create an account; asks for the password."""
    roles = ["is_contributor", *(["is_admin", "is_user_manager"] if admin else [])]
    with database(config) as (services, db):
        user = accounts.create_user(
            services,
            db,
            former=accounts.find_unclaimed(db, email),
            email=address(email),
            password=ask_password(),
            roles=roles,
            is_email_confirmed=True,
        )
        print(f"Created {user.email} with the id {user.id}.")


@task(help={**CONFIG_HELP, "email": "The e-mail address of those responsible for it."})
def create_machine_account(_context: Any, email: str, config: str | None = None) -> None:
    """Create the account of a program, such as Sage; it has no password."""
    with database(config) as (services, db):
        user = accounts.create_user(services, db, email=address(email), **accounts.MACHINE)
        print(f"Created {user.email} with the id {user.id}.")


@task(aliases=("reset-password",), help=CONFIG_HELP)
def set_password(_context: Any, email: str, config: str | None = None) -> None:
    """Set the password of an account; asks for it."""
    with database(config) as (services, db):
        accounts.set_password(services, db, account(db, email), ask_password())


@task(help=CONFIG_HELP)
def add_role(_context: Any, email: str, role: str, config: str | None = None) -> None:
    """Add a role, such as is_researcher, or is_staff for a developer of the site, to an account."""
    with database(config) as (services, db):
        accounts.set_role(services[Events], db, account(db, email), role, True)


@task(help=CONFIG_HELP)
def remove_role(_context: Any, email: str, role: str, config: str | None = None) -> None:
    """Remove a role from an account."""
    with database(config) as (services, db):
        accounts.set_role(services[Events], db, account(db, email), role, False)


@task(help=CONFIG_HELP)
def list_all(_context: Any, config: str | None = None) -> None:
    """Print the id, the guid and the e-mail address of every account."""
    with database(config) as (_, db):
        for user in db.scalars(select(User).order_by(User.id)):
            print(user.id, user.guid, user.email, "" if user.is_active else "(inactive)")


@task(
    help={
        **CONFIG_HELP,
        "email": "The owner of the client.",
        "scopes": "The scopes, separated by blanks; all by default.",
    }
)
def create_oauth2_client(
    _context: Any, email: str, scopes: str = "", config: str | None = None
) -> None:
    """Create a confidential OAuth2 client; prints its secret, which is not shown again."""
    with database(config) as (services, db):
        client = create_client(services, db, account(db, email), default_scopes=scopes.split())
        print(f"client_id: {client.client_id}\nclient_secret: {client.secret}")
