"""The changes of accounts that tests make."""

from typing import Any

from sqlalchemy import select

from houston.core.db.session import Session
from houston.modules.users.models import User
from tests.clients_of_roles import Client
from tests.factories.users import PASSWORD


def current_password(password: str = PASSWORD) -> dict[str, str]:
    return {"op": "test", "path": "/current_password", "value": password}


def replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def address(client: Client) -> str:
    return f"/api/v1/users/{client.account.guid}"


def fresh(db: Session, account: User) -> User:
    db.expire_all()
    found = db.scalar(select(User).where(User.id == account.id))
    assert found is not None
    return found
