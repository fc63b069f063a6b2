"""Locks of accounts, so that a new password ends what is made at the same time.

PostgreSQL runs transactions side by side, and a statement that ends credentials does not see those
of a transaction that has not committed. A new password writes the row of the account first; who
makes a credential locks that row, and then reads again what permits it. SQLite needs no locks.
"""

from houston.core.db.session import Session
from houston.core.errors import Unauthenticated
from houston.core.security.grants import Identity
from houston.modules.auth.models import BrowserSession, Client, Token
from houston.modules.users.models import User


def lock_account(db: Session, account: int) -> User:
    """Lock an account against changes until the end of the transaction, and read it again."""
    return db.get_one(User, account, populate_existing=True, with_for_update={"read": True})


def lock_user(db: Session, user: User) -> bool:
    """Lock the account of a user whose password was right; return whether it still is."""
    before = user.password
    return lock_account(db, user.id).password == before


def lock_client(db: Session, client: Client) -> bool:
    """Lock the account of a client whose secret was right; return whether it still is."""
    before = client.secret_digest
    lock_account(db, client.user_id)
    db.refresh(client, ["secret_digest"])
    return client.secret_digest == before


def lock_caller(db: Session, caller: Identity) -> User:
    """The locked account of a caller.

    Raises:
        Unauthenticated: The session or the token of the caller has ended in the meantime.
    """
    user = lock_account(db, caller.account.id)
    model = BrowserSession if caller.carrier == "cookie" else Token
    credential = db.get(model, caller.credential, populate_existing=True)
    if credential is None or getattr(credential, "revoked", None):
        raise Unauthenticated
    return user
