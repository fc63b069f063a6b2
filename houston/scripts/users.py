"""Accounts, from the console of the machine."""

from getpass import getpass
from typing import Any

from invoke import Exit, task
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.events import Events
from houston.modules.users import services as users
from houston.modules.users.models import User, folded
from houston.scripts.application import CONFIG_HELP, database


def account(db: Session, email: str) -> User:
    """The account with that e-mail; ends the task when there is none."""
    user = db.scalar(select(User).where(User.email_folded == folded(email)))
    if user is None:
        raise Exit(f"There is no account with the e-mail {email}.", 1)
    return user


def ask_password() -> str:
    """Ask for a password twice."""
    try:
        password, again = getpass("Password: "), getpass("Again: ")
    except EOFError:
        raise Exit("No password was given.", 1) from None
    if password != again:
        raise Exit("The two passwords differ.", 1)
    return password


@task(help={**CONFIG_HELP, "email": "Who it is.", "admin": "Make an administrator."})
def create_user(_context: Any, email: str, admin: bool = False, config: str | None = None) -> None:
    """Make an account; asks for the password."""
    roles = ["is_contributor", *(["is_admin", "is_user_manager"] if admin else [])]
    with database(config) as (services, db):
        user = users.create_user(services, db, email=email, password=ask_password(), roles=roles)
        print(f"Created {user.email} with the id {user.id}.")


@task(help={**CONFIG_HELP, "email": "Who answers for it."})
def create_machine_account(_context: Any, email: str, config: str | None = None) -> None:
    """Make the account of a program, such as Sage; it has no password."""
    with database(config) as (services, db):
        user = users.create_machine_account(services, db, email)
        print(f"Created {user.email} with the id {user.id}.")


@task(aliases=("reset-password",), help=CONFIG_HELP)
def set_password(_context: Any, email: str, config: str | None = None) -> None:
    """Set the password of an account; asks for it."""
    with database(config) as (services, db):
        users.set_password(services, db, account(db, email), ask_password())


@task(help=CONFIG_HELP)
def add_role(_context: Any, email: str, role: str, config: str | None = None) -> None:
    """Give an account a role, such as is_researcher."""
    with database(config) as (_, db):
        users.add_role(db, account(db, email), role)


@task(help=CONFIG_HELP)
def remove_role(_context: Any, email: str, role: str, config: str | None = None) -> None:
    """Take a role from an account."""
    with database(config) as (services, db):
        users.remove_role(services[Events], db, account(db, email), role)


@task(help=CONFIG_HELP)
def list_all(_context: Any, config: str | None = None) -> None:
    """Print the accounts."""
    with database(config) as (_, db):
        for user in db.scalars(select(User).order_by(User.id)):
            print(user.id, user.guid, user.email, "" if user.is_active else "(inactive)")


@task(
    help={
        **CONFIG_HELP,
        "email": "The owner of the client.",
        "scopes": "The scopes, with blanks between; all if none are given.",
    }
)
def create_oauth2_client(
    _context: Any, email: str, scopes: str = "", config: str | None = None
) -> None:
    """Make a confidential OAuth2 client; prints its secret, which is not shown again."""
    from houston.modules.auth.services.clients import create_client

    with database(config) as (services, db):
        client = create_client(services, db, account(db, email), default_scopes=scopes.split())
        print(f"client_id: {client.client_id}\nclient_secret: {client.secret}")
